using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Faults;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests;

/// <summary>The C# fold and ClickHouse's own merge must pick the same winners.</summary>
[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class FoldEquivalenceTests(EngineFixture fixture, ITestOutputHelper output)
{
    private static readonly string[] Views = ["traces", "observations", "scores"];
    private static readonly string[] Tables = ["trace_states", "observation_states", "score_states"];

    [EngineFact]
    [Trait(FaultSeed.Trait, FaultSeed.Honoured)]
    public async Task States_merged_by_the_engine_equal_states_folded_here()
    {
        var random = new Random(FaultSeed.Choose(output));
        var states = new RandomStates(random);
        using var byEngine = await TestDatabase.CreateAsync(fixture.Engine);
        using var byFold = await TestDatabase.CreateAsync(fixture.Engine);
        var fold = new StateFold();
        var folded = new StateBatch();

        for (var round = 0; round < 30; round++)
        {
            var batch = new StateBatch();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                batch.Observations.Add(states.Observation());
                batch.Traces.Add(states.Trace());
                batch.Scores.Add(states.Score());
            }

            await InsertAsync(byEngine, batch);
            if (random.Next(3) == 0)
            {
                await InsertAsync(byEngine, batch);
            }

            if (random.Next(5) == 0)
            {
                await byEngine.ExecuteAsync($"OPTIMIZE TABLE {Tables[random.Next(3)]} FINAL");
            }

            batch.Observations.ForEach(fold.Add);
            batch.Traces.ForEach(fold.Add);
            batch.Scores.ForEach(fold.Add);
        }

        fold.DrainInto(folded);
        await InsertAsync(byFold, folded);

        foreach (var view in Views)
        {
            var expected = await byFold.QueryAsync($"SELECT * FROM {view} ORDER BY ALL");
            var actual = await byEngine.QueryAsync($"SELECT * FROM {view} ORDER BY ALL");
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Select(row => row.ToJsonString()), actual.Select(row => row.ToJsonString()));
        }
    }

    private static async Task InsertAsync(TestDatabase database, StateBatch batch)
    {
        using var prepared = database.Store.Prepare(batch);
        Assert.Equal(InsertResult.Inserted, await database.Store.InsertAsync(prepared, CancellationToken.None));
    }
}
