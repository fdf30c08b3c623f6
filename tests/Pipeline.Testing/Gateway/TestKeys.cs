using System.Net.Http.Headers;
using System.Text;
using Pipeline.Storage.Keys;

namespace Pipeline.Testing.Gateway;

/// <summary>The key pair of tests.</summary>
public static class TestKeys
{
    public const string PublicKey = "pk-lf-1234567890";
    public const string SecretKey = "sk-lf-1234567890";
    public const string ProjectId = "project-1";

    public static SecretHasher Hasher { get; } = new("pepper-of-tests-pepper-of-tests-32");

    public static ApiKey Key { get; } = new(PublicKey, Hasher.Hash(SecretKey), ProjectId, "Project one", "org-1", "Organisation one", null);

    public static AuthenticationHeaderValue Basic(string publicKey = PublicKey, string secretKey = SecretKey) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{publicKey}:{secretKey}")));
}
