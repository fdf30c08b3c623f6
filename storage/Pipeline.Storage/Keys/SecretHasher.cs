using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.Keys;

/// <summary>Hashes API secrets: HMAC-SHA-256 under a pepper that is not in the database.</summary>
/// <remarks>Thread-safe. A fast hash is right for secrets of 128 random bits; a slow one would be a denial of service of our own making.</remarks>
public sealed class SecretHasher
{
    private readonly byte[] _pepper;

    /// <summary>Creates the hasher.</summary>
    /// <param name="pepper">The same text for every process that creates or checks keys.</param>
    public SecretHasher(string pepper) => _pepper = Encoding.UTF8.GetBytes(pepper);

    /// <summary>The hash to store.</summary>
    public byte[] Hash(string secret) => HMACSHA256.HashData(_pepper, Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether the secret has that hash, in a time that does not depend on where they differ.</summary>
    public bool Verify(string secret, ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash(secret), hash);
}
