using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Pipeline.Gateway.Authentication;

/// <summary>Keyed hash of an Authorization header: what verified credentials are remembered by, so that no secret stays in memory.</summary>
internal readonly record struct HeaderDigest(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    /// <summary>Hashes the header under a key of this process.</summary>
    internal static HeaderDigest Of(string header, ReadOnlySpan<byte> processKey)
    {
        Span<ulong> digest = stackalloc ulong[4];
        HMACSHA256.HashData(processKey, MemoryMarshal.AsBytes(header.AsSpan()), MemoryMarshal.AsBytes(digest));
        return new HeaderDigest(digest[0], digest[1], digest[2], digest[3]);
    }

    // The digest is uniform already.
    public override int GetHashCode() => (int)First;
}
