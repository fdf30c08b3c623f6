using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Faults;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Inserting;

/// <summary>Inserts into the real engine over a network that cuts, loses and hangs.</summary>
[Collection(EngineCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class InsertNetworkFaultTests(EngineFixture fixture, ITestOutputHelper output)
{
    private const int Rows = 400;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    [EngineFact]
    public async Task A_body_that_is_cut_shows_no_row_and_the_same_batch_is_whole_afterwards()
    {
        var seed = FaultSeed.Choose(output);
        var random = new Random(seed);
        for (var round = 0; round < FaultRounds.Or(sample: 4); round++)
        {
            using var database = await TestDatabase.CreateAsync(fixture.Engine);
            await using var proxy = FaultProxy.Start(fixture.Engine.Address.Port, seed);
            using var store = new ClickHouseStateStore(database.Options with { Address = proxy.Address, InsertTimeout = TimeSpan.FromSeconds(5) });
            using var prepared = store.Prepare(Batch(seed + round));

            // The first is half of the body; the others end anywhere in it.
            var cut = round == 0 ? prepared.ByteCount / 2 : random.NextInt64(1_000, prepared.ByteCount / 2);
            await proxy.SetAsync(Fault.Cut(Flow.Request, cut, isReset: round % 2 == 1));
            var result = await store.InsertAsync(prepared, CancellationToken.None);

            output.WriteLine($"cut after {cut} of {prepared.ByteCount} bytes: {result.Outcome}, {result.Reason}");
            Assert.Equal((InsertOutcome.Unavailable, 1L), (result.Outcome, proxy.Fired(FaultKind.Cut)));
            await Task.Delay(Rest);
            Assert.Equal((0, 0), await CountAsync(database));

            await proxy.HealAsync();
            Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));
            Assert.Equal((Rows, Rows), await CountAsync(database));
        }
    }

    [EngineFact]
    public async Task An_answer_that_is_lost_makes_the_batch_go_twice_and_show_once()
    {
        var seed = FaultSeed.Choose(output);
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        await using var proxy = FaultProxy.Start(fixture.Engine.Address.Port, seed);
        using var store = new ClickHouseStateStore(database.Options with { Address = proxy.Address });
        using var prepared = store.Prepare(Batch(seed));
        await proxy.SetAsync(Fault.SwallowReply());

        var lost = await store.InsertAsync(prepared, CancellationToken.None);

        Assert.Equal((InsertOutcome.Unavailable, 1L), (lost.Outcome, proxy.Fired(FaultKind.SwallowReply)));
        Assert.Equal((Rows, Rows), await CountAsync(database));
        await proxy.HealAsync();
        Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));
        Assert.Equal((Rows, Rows), await CountAsync(database));
    }

    [EngineFact]
    public async Task A_server_that_hangs_is_given_up_and_what_it_gets_in_the_end_shows_once()
    {
        var seed = FaultSeed.Choose(output);
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        await using var proxy = FaultProxy.Start(fixture.Engine.Address.Port, seed);
        using var store = new ClickHouseStateStore(database.Options with { Address = proxy.Address, InsertTimeout = TimeSpan.FromSeconds(1) });
        using var prepared = store.Prepare(Batch(seed));
        await proxy.SetAsync(Fault.Hang());

        var result = await store.InsertAsync(prepared, CancellationToken.None);

        Assert.Equal((InsertOutcome.Unavailable, 1L), (result.Outcome, proxy.Fired(FaultKind.Hang)));
        Assert.EndsWith("no answer within 1 s", result.Reason, StringComparison.Ordinal);
        await proxy.HealAsync();
        Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));
        Assert.Equal((Rows, Rows), await CountAsync(database));
    }

    private static StateBatch Batch(int seed) => new TypicalStates(new Random(seed)).Batch(Rows);

    private static async Task<(int Rows, int Ids)> CountAsync(TestDatabase database)
    {
        var row = (await database.QueryAsync("SELECT count() AS n, uniqExact(id) AS ids FROM observations"))[0];
        return ((int)row["n"]!, (int)row["ids"]!);
    }
}
