using System.Diagnostics;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>A second member joins and leaves again and again: partitions move all the time, and nothing else does.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class RebalanceStormTests(FaultStores stores, ITestOutputHelper output)
{
    private const string Guest = "writer-2";
    private const double MaxRedelivered = 0.05;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    [LocalFact]
    public Task Members_that_come_and_go_cost_little_and_lose_nothing() => StormAsync(kafka: null);

    [LocalKafkaLongFact]
    [Trait("Needs", "Kafka")]
    public async Task Members_that_come_and_go_cost_little_and_lose_nothing_with_Kafka() => await StormAsync(await stores.KafkaAsync());

    private async Task StormAsync(string? kafka)
    {
        var seed = FaultSeed.Choose(output);
        var random = new Random(seed);
        await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = seed, Kafka = kafka });
        await using var traffic = pipeline.CreateTraffic();
        traffic.Start(senders: 2);
        var rounds = FaultRounds.Or(sample: 4);

        // A guest that leaves before it is given a partition moves none: the storm goes on until one did, staying longer each time.
        for (var round = 0; round < rounds || (pipeline.Inserts.BatchesOf(Guest) == 0 && round < 5 * rounds); round++)
        {
            await using var guest = await pipeline.StartWriterAsync(Guest);
            await Task.Delay(random.Next(300, 1_500) + (kafka is null ? 0 : 3_000) + (100 * round));
            await guest.StopAsync();
            await Task.Delay(random.Next(0, 500));
        }

        var recovery = Stopwatch.StartNew();
        await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);
        await traffic.StopAsync();
        await pipeline.DrainAsync(DrainLimit);

        var counts = pipeline.Inserts;
        output.WriteLine($"{rounds} joins, {counts.BatchesOf(Guest)} batches of the guest, {counts.Redelivered} of {counts.Records} records stored again, drained {recovery.Elapsed.TotalSeconds:0.0} s after the storm");
        Assert.True(counts.BatchesOf(Guest) > 0, "the fault did not fire: no partition moved");
        Assert.InRange(counts.Redelivered, 0, counts.Records * MaxRedelivered);
        await CommonPass.AssertAsync(pipeline.ReadLedgerAsync, traffic, pipeline.Rows, output);
    }
}
