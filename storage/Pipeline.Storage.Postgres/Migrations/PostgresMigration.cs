using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.Postgres.Migrations;

/// <summary>One numbered SQL file.</summary>
/// <param name="Name">File name, for example <c>0001_control_plane.sql</c>; migrations run in the order of their names.</param>
/// <param name="Text">The file as it is; its checksum is recorded.</param>
public sealed record PostgresMigration(string Name, string Text)
{
    /// <summary>SHA-256 of the text, in hex.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The files built into this assembly.</summary>
    public static IReadOnlyList<PostgresMigration> BuiltIn()
    {
        const string Prefix = "migrations.postgres.";
        var assembly = typeof(PostgresMigration).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return new PostgresMigration(name[Prefix.Length..], reader.ReadToEnd());
                }),
        ];
    }
}
