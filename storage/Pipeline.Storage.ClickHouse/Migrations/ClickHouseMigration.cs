using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.ClickHouse.Migrations;

/// <summary>One numbered SQL file.</summary>
/// <param name="Name">File name, for example <c>0001_states.sql</c>; migrations run in the order of their names.</param>
/// <param name="Text">The file as it is; its checksum is recorded.</param>
public sealed record ClickHouseMigration(string Name, string Text)
{
    /// <summary>SHA-256 of the text, in hex.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The files built into this assembly.</summary>
    public static IReadOnlyList<ClickHouseMigration> BuiltIn()
    {
        const string Prefix = "migrations.clickhouse.";
        var assembly = typeof(ClickHouseMigration).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return new ClickHouseMigration(name[Prefix.Length..], reader.ReadToEnd());
                }),
        ];
    }

    /// <summary>The statements of the file: without comment lines, engines filled in, split at semicolons that end a line.</summary>
    internal IEnumerable<string> Statements(TableEngines engines)
    {
        var lines = Text.ReplaceLineEndings("\n").Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
        return engines.FillIn(string.Join('\n', lines))
            .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(statement => statement.TrimEnd(';'));
    }
}
