using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Comparing;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;
using Pipeline.Testing.Engine;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Comparing;

[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class ViewChecksumReaderTests(EngineFixture fixture, ITestOutputHelper output)
{
    private const long Start = 1_763_683_200_000_000;

    [EngineFact]
    public async Task An_empty_store_has_no_rows()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);

        Assert.Equal(
            [new ViewChecksum("traces", 0, 0), new ViewChecksum("observations", 0, 0), new ViewChecksum("scores", 0, 0)],
            await new ViewChecksumReader(database.Client).ReadAsync(null, CancellationToken.None));
    }

    [EngineFact]
    public async Task Inserting_everything_again_in_other_batches_changes_nothing()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var states = new RandomStates(new Random(seed), spread: 5);
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        var reader = new ViewChecksumReader(database.Client);
        var all = new StateBatch();
        for (var round = 0; round < 5; round++)
        {
            var batch = new StateBatch();
            batch.Observations.AddRange(Enumerable.Range(0, 60).Select(_ => states.Observation()));
            batch.Traces.AddRange(Enumerable.Range(0, 30).Select(_ => states.Trace()));
            batch.Scores.AddRange(Enumerable.Range(0, 30).Select(_ => states.Score()));
            await database.InsertAsync(batch);
            all.Observations.AddRange(batch.Observations);
            all.Traces.AddRange(batch.Traces);
            all.Scores.AddRange(batch.Scores);
        }

        var before = await reader.ReadAsync(null, CancellationToken.None);
        await database.InsertAsync(all);
        await database.ExecuteAsync("OPTIMIZE TABLE observation_states FINAL");

        Assert.Equal(before, await reader.ReadAsync(null, CancellationToken.None));
        Assert.All(before, checksum => Assert.True(checksum is { Rows: > 10, Sum: not 0 }));
    }

    [EngineFact]
    public async Task Rows_with_nulls_count_and_so_does_the_column_a_value_is_in()
    {
        var value = Register<Utf8Text>.Of(FieldVersion.LastWins(SourceRank.Caller, Start, isUpdate: false), Utf8Text.From("v"));
        var sums = new HashSet<ulong>();
        foreach (var state in new[] { Trace("p"), Trace("p", input: value), Trace("p", output: value), Trace("p", input: value, output: value) })
        {
            using var database = await TestDatabase.CreateAsync(fixture.Engine);
            await database.InsertAsync(BatchOf(state));
            sums.Add((await new ViewChecksumReader(database.Client).ReadAsync(null, CancellationToken.None))[0].Sum);
        }

        Assert.Equal(4, sums.Count);
    }

    [EngineFact]
    public async Task A_projects_checksum_is_about_its_rows_alone()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        var reader = new ViewChecksumReader(database.Client);
        await database.InsertAsync(BatchOf(Trace("p"), Trace("q")));
        var first = (P: await ReadAsync("p"), Q: await ReadAsync("q"));

        await database.InsertAsync(BatchOf(Trace("p", input: Register<Utf8Text>.Of(1, Utf8Text.From("v")))));

        Assert.Equal((1, 1), (first.P.Rows, first.Q.Rows));
        Assert.NotEqual(first.P.Sum, (await ReadAsync("p")).Sum);
        Assert.Equal(first.Q, await ReadAsync("q"));
        return;

        async Task<ViewChecksum> ReadAsync(string project) => (await reader.ReadAsync(project, CancellationToken.None))[0];
    }

    private static TraceState Trace(string project, Register<Utf8Text> input = default, Register<Utf8Text> output = default) =>
        new(new TraceKey(Utf8Text.From(project), Utf8Text.From("t")), Start) { Input = input, Output = output };

    private static StateBatch BatchOf(params TraceState[] states)
    {
        var batch = new StateBatch();
        batch.Traces.AddRange(states);
        return batch;
    }
}
