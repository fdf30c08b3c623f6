using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.Kafka;
using Pipeline.Testing.Time;

namespace Pipeline.Buffer.Kafka.Tests;

[Trait("Needs", "Kafka")]
public sealed class KafkaOutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [KafkaNodesFact]
    public async Task With_the_broker_killed_appends_are_unavailable_in_time_and_work_again_after_its_restart()
    {
        var cluster = await KafkaCluster.StartAsync(nodes: 1);
        try
        {
            var spec = new TopicSpec(TestTopics.NewName(), 1) { ReplicationFactor = 1, MinInSyncReplicas = 1 };
            await TestTopics.CreateAsync(cluster.BootstrapServers, spec);
            var options = new KafkaBufferOptions
            {
                BootstrapServers = cluster.BootstrapServers,
                Topic = spec.Name,
                DeliveryTimeout = TimeSpan.FromSeconds(2),
                SessionTimeout = TimeSpan.FromSeconds(6),
            };
            await using var log = new KafkaEventLog(options, TimeProvider.System);
            var troubles = new ConcurrentQueue<(string Member, string Reason)>();
            log.ReportTroublesTo((reader, reason) => troubles.Enqueue((reader, reason)));
            await log.OpenAsync(CancellationToken.None);
            Assert.Equal(AppendOutcome.Appended, (await AppendAsync(log, 0)).Outcome);
            await using var member = new GroupMember(log.Join(new ReaderOptions("g", "a")));
            await member.ReadUntilAsync(1, Patience);

            await cluster.KillAsync(1);
            var elapsed = Stopwatch.StartNew();
            var lost = await AppendAsync(log, 1);

            Assert.Equal(AppendOutcome.Unavailable, lost.Outcome);
            Assert.True(elapsed.Elapsed < TimeSpan.FromSeconds(6), $"took {elapsed.Elapsed}, the delivery timeout is {options.DeliveryTimeout}");
            var isReachable = log.IsReachableAsync(CancellationToken.None).AsTask();
            await Task.WhenAll(
                Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.ReadPositionsAsync("g", CancellationToken.None)),
                Assert.ThrowsAsync<EventLogUnavailableException>(() => ReadAsync(log)));
            Assert.False(await isReachable);
            await Until.TrueAsync("the reader's word", Patience, () => Task.FromResult(troubles.Any(trouble => trouble.Reason.Contains("AllBrokersDown", StringComparison.Ordinal))));
            Assert.All(troubles, trouble => Assert.Equal("a", trouble.Member));
            Assert.Equal(troubles.Count, troubles.Distinct().Count());

            await cluster.RestartAsync(1);
            await Until.TrueAsync("an append", Patience, async () => (await AppendAsync(log, 2)).Outcome == AppendOutcome.Appended);
            await Until.TrueAsync("the record after the restart", Patience, async () =>
            {
                await member.ReadOnceAsync();
                return member.Records.Any(record => record.Value.Span[0] == 2);
            });
            await Until.TrueAsync("a commit", Patience, async () => await member.CommitAllAsync() == CommitOutcome.Committed);
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    private static async Task ReadAsync(KafkaEventLog log)
    {
        await foreach (var record in log.ReadRangeAsync(0, 0, 1, CancellationToken.None))
        {
            Assert.Fail($"record {record.Offset} from a dead broker");
        }
    }

    private static async Task<AppendResult> AppendAsync(KafkaEventLog log, byte value) =>
        await log.AppendAsync(0, "k", default, [value], CancellationToken.None);
}
