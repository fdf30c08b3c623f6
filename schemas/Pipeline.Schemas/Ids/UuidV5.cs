using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Schemas.Ids;

/// <summary>Name-based ids (RFC 9562, version 5) for entities whose client sent none, so that its retry gets the same one.</summary>
public static class UuidV5
{
    /// <summary>The namespace of ids that this project derives.</summary>
    public static readonly Guid PipelineNamespace = new("6f1d3c52-2a9b-5e0e-9c55-0f5a3b1d7e10");

    /// <summary>Derives an id from names, joined by a byte that no name can hold.</summary>
    /// <returns>Lower-case text with hyphens.</returns>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 9562 defines version 5 by SHA-1; nothing secret depends on it.")]
    public static string Derive(params ReadOnlySpan<string> names)
    {
        var joined = Encoding.UTF8.GetBytes(string.Join('\0', names!));
        var input = new byte[16 + joined.Length];
        PipelineNamespace.TryWriteBytes(input, bigEndian: true, out _);
        joined.CopyTo(input, 16);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}
