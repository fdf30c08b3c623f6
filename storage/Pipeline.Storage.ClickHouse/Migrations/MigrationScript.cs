using Pipeline.Storage.Migrations;

namespace Pipeline.Storage.ClickHouse.Migrations;

/// <summary>Takes a file apart: ClickHouse runs one statement at a time.</summary>
internal static class MigrationScript
{
    /// <summary>The statements of the file: without comment lines, engines filled in, split at semicolons that end a line.</summary>
    internal static IEnumerable<string> StatementsOf(Migration migration, TableEngines engines)
    {
        var lines = migration.Text.ReplaceLineEndings("\n").Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
        return engines.FillIn(string.Join('\n', lines))
            .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(statement => statement.TrimEnd(';'));
    }
}
