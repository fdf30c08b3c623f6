using System.Diagnostics;
using System.Globalization;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;
using Pipeline.Testing.Engine;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Speed;

/// <summary>Whether superseded metadata entries need a table of their own (ADR 0004): one trace that is updated a thousand times.</summary>
[Collection(EngineCollection.Name)]
[Trait("Category", "Bench")]
[Trait("Needs", "Engine")]
public sealed class MetadataGrowthTests(EngineFixture fixture, ITestOutputHelper output)
{
    private const long Start = 1_763_683_200_000_000;
    private const int Updates = 1_000;
    private const int UpdatesPerInsert = 20;
    private const int OtherTraces = 10_000;
    private const int Keys = 10;
    private const int ValueLength = 100;
    private const int Reads = 20;

    [BenchFact]
    public async Task A_thousand_updates_of_one_trace_cost_so_much_with_and_without_a_table_of_their_own()
    {
        var random = new Random(11);
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        await database.ExecuteAsync("SYSTEM STOP MERGES");
        await database.InsertAsync(BatchOf(Enumerable.Range(0, OtherTraces).Select(i => Trace(random, "cold-" + i.ToString(CultureInfo.InvariantCulture), 0))));
        for (var update = 0; update < Updates; update += UpdatesPerInsert)
        {
            await database.InsertAsync(BatchOf(Enumerable.Range(update, UpdatesPerInsert).Select(number => Trace(random, "hot", number))));
        }

        await database.ExecuteAsync(
            "CREATE TABLE metadata_states (project_id String, trace_id String, key String, value SimpleAggregateFunction(max, Tuple(UInt64, String)) CODEC(ZSTD(1))) "
            + "ENGINE = AggregatingMergeTree ORDER BY (project_id, trace_id, key)");
        var copying = await MillisecondsAsync(() => database.ExecuteAsync("INSERT INTO metadata_states SELECT project_id, trace_id, e.1, (e.2, e.3) FROM trace_states ARRAY JOIN metadata AS e"));
        await ReportAsync(database, "before merges");
        await database.ExecuteAsync("SYSTEM START MERGES");
        var merging = await MillisecondsAsync(() => database.ExecuteAsync("OPTIMIZE TABLE trace_states FINAL"));
        await database.ExecuteAsync("OPTIMIZE TABLE metadata_states FINAL");
        await ReportAsync(database, "after merges");
        output.WriteLine($"merge of all parts {merging:0} ms; {(OtherTraces + Updates) * Keys} rows into the table of its own {copying:0} ms");
    }

    private async Task ReportAsync(TestDatabase database, string when)
    {
        var entries = (await database.QueryAsync("SELECT length(metadata) AS n FROM trace_states FINAL WHERE trace_id = 'hot'"))[0]["n"];
        var bytes = (await database.QueryAsync(
            "SELECT sumIf(column_data_compressed_bytes, table = 'trace_states') AS inline, sumIf(column_data_compressed_bytes, table = 'metadata_states') AS own "
            + "FROM system.parts_columns WHERE database = currentDatabase() AND active AND ((table = 'trace_states' AND column = 'metadata') OR table = 'metadata_states')"))[0];
        output.WriteLine($"{when}: {entries} entries of the hot trace, {bytes["inline"]} bytes inline, {bytes["own"]} bytes in a table of its own");
        foreach (var trace in new[] { "hot", "cold-77" })
        {
            var inline = await BestAsync(() => database.QueryAsync($"SELECT metadata FROM traces WHERE project_id = 'p' AND id = '{trace}'"));
            var own = await BestAsync(() => database.QueryAsync(
                $"SELECT mapFromArrays(groupArray(key), groupArray(value.2)) AS metadata FROM metadata_states FINAL WHERE project_id = 'p' AND trace_id = '{trace}'"));
            output.WriteLine($"{when}: metadata of {trace} read in {inline:0.0} ms inline, {own:0.0} ms from a table of its own");
        }

        var all = await BestAsync(() => database.QueryAsync("SELECT count() AS n, sum(length(metadata)) AS keys FROM traces"));
        output.WriteLine($"{when}: metadata of all {OtherTraces + 1} traces read in {all:0.0} ms inline");
    }

    private static async Task<double> BestAsync(Func<Task> read)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Reads; i++)
        {
            best = Math.Min(best, await MillisecondsAsync(read));
        }

        return best;
    }

    private static async Task<double> MillisecondsAsync(Func<Task> action)
    {
        var startedAt = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
    }

    private static StateBatch BatchOf(IEnumerable<TraceState> states)
    {
        var batch = new StateBatch();
        batch.Traces.AddRange(states);
        return batch;
    }

    private static TraceState Trace(Random random, string id, int update)
    {
        var version = FieldVersion.LastWins(SourceRank.Caller, Start + update, isUpdate: true);
        var state = new TraceState(new TraceKey(Utf8Text.From("p"), Utf8Text.From(id)), Start) { Name = Register<Utf8Text>.Of(version, Utf8Text.From("name")) };
        var value = new byte[ValueLength / 2];
        for (var key = 0; key < Keys; key++)
        {
            random.NextBytes(value);
            state.Metadata.Merge(new MetadataEntry(Utf8Text.From("key-" + key.ToString(CultureInfo.InvariantCulture)), version, Utf8Text.From(Convert.ToHexStringLower(value))));
        }

        return state;
    }
}
