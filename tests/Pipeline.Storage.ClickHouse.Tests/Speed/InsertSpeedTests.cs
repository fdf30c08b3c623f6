using System.Diagnostics;
using Pipeline.Testing.Engine;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Speed;

/// <summary>What inserts cost the engine, in CPU-seconds of its process.</summary>
[Collection(EngineCollection.Name)]
[Trait("Category", "Bench")]
[Trait("Needs", "Engine")]
public sealed class InsertSpeedTests(EngineFixture fixture, ITestOutputHelper output)
{
    private const int Rows = 20_000;
    private const int Inserts = 10;

    [BenchFact]
    public async Task A_million_observations_cost_the_engine_so_much_to_take()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var prepared = database.Store.Prepare(new TypicalStates(new Random(7)).Batch(Rows));
        await database.ExecuteAsync("SYSTEM STOP MERGES");
        Assert.Equal(InsertResult.Inserted, await database.Store.InsertAsync(prepared, CancellationToken.None));

        using var engine = Process.GetProcessById(fixture.Engine.ProcessId);
        var before = engine.TotalProcessorTime;
        var startedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < Inserts; i++)
        {
            Assert.Equal(InsertResult.Inserted, await database.Store.InsertAsync(prepared, CancellationToken.None));
        }

        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        engine.Refresh();
        var perMillion = (engine.TotalProcessorTime - before).TotalSeconds * 1_000_000 / (Rows * Inserts);
        await database.ExecuteAsync("SYSTEM START MERGES");
        var parts = await database.QueryAsync("SELECT count() AS parts FROM system.parts WHERE database = currentDatabase() AND table = 'observation_states' AND active");
        output.WriteLine($"{perMillion:0.0} CPU-s per million observations, {Rows * Inserts / elapsed.TotalSeconds:0} rows/s, {parts[0]["parts"]} parts after {Inserts + 1} inserts");
    }
}
