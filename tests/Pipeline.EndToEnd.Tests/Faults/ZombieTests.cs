using Pipeline.Testing.Faults;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>A consumer stands still for longer than its group waits for it, another one takes over, and then it goes on where it was.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class ZombieTests(ITestOutputHelper output)
{
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(30);

    [LocalFact]
    public Task A_stopped_consumer_that_goes_on_changes_nothing() => StopAndContinueAsync("embedded", TimeSpan.FromSeconds(5));

    [LocalKafkaLongFact]
    [Trait("Needs", "Kafka")]
    public Task A_stopped_consumer_that_goes_on_changes_nothing_with_Kafka() => StopAndContinueAsync("kafka", TimeSpan.FromSeconds(8));

    private async Task StopAndContinueAsync(string tier, TimeSpan patience)
    {
        var random = new Random(FaultSeed.Choose(output));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["Kafka__SessionTimeout"] = "00:00:06" };
        await using var pipeline = await PipelineProcess.StartAsync(tier, consumers: 2, tier == "kafka" ? environment : null);
        await using var traffic = new Traffic(pipeline);
        using var rows = new StoredRows(pipeline);
        traffic.Start(senders: 2);
        await CommonPass.AssertVisibleAgainAsync(traffic, rows);
        for (var round = 0; round < FaultRounds.Or(sample: 1); round++)
        {
            await Task.Delay(random.Next(100, 1_000));
            var victim = random.Next(2) == 0 ? "consumer" : "consumer-2";
            var pid = await pipeline.PidAsync(victim);
            await ProcessSignals.StopAsync(pid);
            await Task.Delay(patience);
            await AssertTakenOverAsync(traffic, rows);
            await ProcessSignals.ContinueAsync(pid);
            await CommonPass.AssertVisibleAgainAsync(traffic, rows);

            // It is the same process: it was fenced and joined again, it did not die of it.
            Assert.Equal(pid, await pipeline.PidAsync(victim));
            output.WriteLine($"round {round + 1}: {victim} (pid {pid}) stood still and went on");
        }

        await traffic.StopAsync();
        await CommonPass.AssertAsync(() => pipeline.RunAsync("ledger", "--json"), traffic, rows, output);
    }

    // Traces spread over all partitions, so everything acknowledged by now is visible only when none is left to the one that stands still.
    private static async Task AssertTakenOverAsync(Traffic traffic, StoredRows rows)
    {
        var acknowledged = traffic.Acknowledged.ToList();
        await Until.TrueAsync("every partition to be read by the other consumer", TakeOverLimit, async () =>
        {
            var visible = await rows.ObservationsAsync();
            return acknowledged.TrueForAll(visible.ContainsKey);
        });
    }
}
