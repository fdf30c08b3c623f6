using System.Diagnostics;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Kafka;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>SIGKILL of each process at random moments under load: what was acknowledged is visible exactly once, and the ledger is exact.</summary>
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class SigkillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);

    private static int Rounds => FaultRounds.Or(sample: 2);

    [LocalTheory]
    [InlineData("gateway")]
    [InlineData("consumer")]
    [InlineData("engine")]
    [InlineData("postgres")]
    public async Task Killing_a_process_under_load_loses_and_doubles_nothing(string victim)
    {
        await using var pipeline = await PipelineProcess.StartAsync();
        await KillUnderLoadAsync(pipeline, victim, () => pipeline.KillAsync(victim), pid => pipeline.WaitUntilRestartedAsync(victim, pid));
    }

    [LocalKafkaFact]
    [Trait("Needs", "Kafka")]
    public async Task Killing_a_consumer_of_two_on_kafka_loses_and_doubles_nothing()
    {
        await using var pipeline = await PipelineProcess.StartAsync(tier: "kafka", consumers: 2);
        await KillUnderLoadAsync(pipeline, "consumer-2", () => pipeline.KillAsync("consumer-2"), pid => pipeline.WaitUntilRestartedAsync("consumer-2", pid));
    }

    [LocalBrokersFact]
    [Trait("Needs", "Kafka")]
    public async Task Killing_a_broker_of_three_loses_and_doubles_nothing()
    {
        await using var cluster = await KafkaCluster.StartAsync(nodes: 3);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["KAFKA_BOOTSTRAP_SERVERS"] = cluster.BootstrapServers };
        await using var pipeline = await PipelineProcess.StartAsync(tier: "kafka", environment: environment);
        var node = 0;
        var restart = Task.CompletedTask;
        await KillUnderLoadAsync(
            pipeline,
            "broker",
            async () =>
            {
                // Each in turn, and only while the others are whole: over the rounds every one leads partitions, group and cluster when it dies.
                await restart;
                node = (node % 3) + 1;
                return await cluster.KillAsync(node);
            },
            _ =>
            {
                restart = cluster.RestartAsync(node);
                return Task.CompletedTask;
            },
            hasSurvivors: true);
    }

    private async Task KillUnderLoadAsync(PipelineProcess pipeline, string victim, Func<Task<int>> killAsync, Func<int, Task> restartAsync, bool hasSurvivors = false)
    {
        var random = new Random(FaultSeed.Choose(output));
        output.WriteLine($"{Rounds} rounds, victim {victim}");
        await using var traffic = new Traffic(pipeline);
        using var rows = new StoredRows(pipeline);
        traffic.Start(senders: 4);
        var killed = new HashSet<int>();
        for (var round = 0; round < Rounds; round++)
        {
            await Task.Delay(random.Next(200, 1500));
            var down = Stopwatch.StartNew();
            var pid = await killAsync();
            Assert.True(killed.Add(pid), "the fault did not fire: the same process was killed twice");
            if (hasSurvivors)
            {
                // They take over, once they have noticed: 9 s by Kafka's default.
                await CommonPass.AssertVisibleAgainAsync(traffic, rows);
            }

            await restartAsync(pid);
            var recovery = Stopwatch.StartNew();
            await CommonPass.AssertVisibleAgainAsync(traffic, rows);
            output.WriteLine($"round {round + 1}: killed pid {pid}, new events visible {recovery.Elapsed.TotalSeconds:0.0} s after its restart, {down.Elapsed.TotalSeconds:0.0} s after the kill");
            Assert.True(recovery.Elapsed < RecoveryLimit, $"recovery took {recovery.Elapsed.TotalSeconds:0.0} s");
        }

        await traffic.StopAsync();
        output.WriteLine($"{traffic.Acknowledged.Count} observations acknowledged, {traffic.Retries} requests sent again");
        await CommonPass.AssertAsync(() => pipeline.RunAsync("ledger", "--json"), traffic, rows, output);
    }
}
