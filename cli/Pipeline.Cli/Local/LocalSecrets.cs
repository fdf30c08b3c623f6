using System.Security.Cryptography;
using System.Text.Json;

namespace Pipeline.Cli.Local;

/// <summary>What a local pipeline generates once and keeps: readable by its owner only.</summary>
/// <param name="KeyPepper">Key under which API secrets are hashed.</param>
/// <param name="PublicKey">Public key of the first project; null until it was created.</param>
/// <param name="SecretKey">Its secret, kept in clear because the laptop tier prints it at every start.</param>
internal sealed record LocalSecrets(string KeyPepper, string? PublicKey, string? SecretKey)
{
    internal static LocalSecrets LoadOrCreate(string path)
    {
        if (File.Exists(path))
        {
            return JsonSerializer.Deserialize<LocalSecrets>(File.ReadAllText(path))
                ?? throw new CliException($"{path} is empty; remove the folder to start over");
        }

        var secrets = new LocalSecrets(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), null, null);
        secrets.Save(path);
        return secrets;
    }

    internal void Save(string path)
    {
        // Written whole and moved: a kill in the middle must not lose the pepper, without which no stored key verifies.
        var draft = path + ".new";
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            JsonSerializer.Serialize(file, this);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
