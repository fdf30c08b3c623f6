using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.Migrations;

namespace Pipeline.Storage.ClickHouse.Tests.Migrations;

public sealed class MigrationScriptTests
{
    private static readonly TableEngines Plain = new(IsReplicated: false);

    [Fact]
    public void Built_in_files_are_numbered_without_a_gap_and_run_in_that_order() =>
        Assert.All(ClickHouseMigrations.BuiltIn().Select((migration, i) => (migration.Name, Number: i + 1)), file => Assert.StartsWith($"{file.Number:0000}_", file.Name, StringComparison.Ordinal));

    [Fact]
    public void A_file_is_split_at_semicolons_that_end_a_line_only()
    {
        var migration = new Migration("0001_any.sql", "-- first; not a statement;\nSELECT ';' AS a,\n    'x;y' AS b;\n\n  -- second\nSELECT 2;\r\nSELECT 3");

        Assert.Equal(["SELECT ';' AS a,\n    'x;y' AS b", "SELECT 2", "SELECT 3"], MigrationScript.StatementsOf(migration, Plain));
    }

    [Fact]
    public void Engines_are_filled_in_by_family()
    {
        var migration = new Migration("0001_any.sql", "ENGINE = {aggregating};\nENGINE = {replacing:attempt};\nENGINE = {replacing}");

        Assert.Equal(["ENGINE = AggregatingMergeTree", "ENGINE = ReplacingMergeTree(attempt)", "ENGINE = ReplacingMergeTree"], MigrationScript.StatementsOf(migration, Plain));
        Assert.Equal(
            ["ENGINE = ReplicatedAggregatingMergeTree", "ENGINE = ReplicatedReplacingMergeTree(attempt)", "ENGINE = ReplicatedReplacingMergeTree"],
            MigrationScript.StatementsOf(migration, new TableEngines(IsReplicated: true)));
    }

    [Fact]
    public void Every_statement_of_the_built_in_files_can_be_run_again() => Assert.All(
        ClickHouseMigrations.BuiltIn().SelectMany(migration => MigrationScript.StatementsOf(migration, Plain)),
        statement => Assert.True(
            statement.Contains(" IF NOT EXISTS ", StringComparison.Ordinal) || statement.Contains(" IF EXISTS ", StringComparison.Ordinal) || statement.StartsWith("CREATE OR REPLACE ", StringComparison.Ordinal), statement));
}
