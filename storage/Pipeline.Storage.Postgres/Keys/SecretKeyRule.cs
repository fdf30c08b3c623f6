using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.Postgres.Keys;

/// <summary>The form of keys we issue: Langfuse's prefix, 160 random bits in base62, and a checksum that scanners can verify offline.</summary>
public static class SecretKeyRule
{
    private const string PublicPrefix = "pk-lf-";
    private const string SecretPrefix = "sk-lf-";
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // 27 characters of base62 are 160 bits; the six behind them hold a CRC-32, as GitHub's tokens do.
    private const int RandomLength = 27;
    private const int ChecksumLength = 6;

    /// <summary>A new secret.</summary>
    public static string NewSecretKey()
    {
        var body = RandomNumberGenerator.GetString(Base62, RandomLength);
        return SecretPrefix + body + Checksum(body);
    }

    /// <summary>A new public key.</summary>
    public static string NewPublicKey() => PublicPrefix + Guid.NewGuid().ToString("D");

    /// <summary>First six and last four characters, enough to recognise a secret and too little to use it.</summary>
    public static string Display(string secretKey) => secretKey.Length <= 10 ? "..." : $"{secretKey[..6]}...{secretKey[^4..]}";

    private static string Checksum(string body)
    {
        var crc = 0xFFFF_FFFFu;
        foreach (var value in Encoding.ASCII.GetBytes(body))
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB8_8320u : crc >> 1;
            }
        }

        crc = ~crc;
        var text = new char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            text[i] = Base62[(int)(crc % 62)];
            crc /= 62;
        }

        return new string(text);
    }
}
