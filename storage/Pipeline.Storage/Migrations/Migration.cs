using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.Migrations;

/// <summary>One numbered SQL file.</summary>
/// <param name="Name">File name, for example <c>0001_states.sql</c>; migrations run in the order of their names.</param>
/// <param name="Text">The file as it is; its checksum is recorded.</param>
public sealed record Migration(string Name, string Text)
{
    /// <summary>SHA-256 of the text, in hex.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The files built into an assembly, in order.</summary>
    /// <param name="assembly">Assembly.</param>
    /// <param name="folder">What the names of their resources begin with.</param>
    public static IReadOnlyList<Migration> BuiltInto(Assembly assembly, string folder) =>
    [
        .. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new Migration(name[folder.Length..], reader.ReadToEnd());
            }),
    ];
}
