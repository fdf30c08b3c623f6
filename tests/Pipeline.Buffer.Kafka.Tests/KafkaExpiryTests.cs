using System.Collections.Concurrent;
using Confluent.Kafka;
using Pipeline.Buffer.Expiry;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.Kafka;
using Pipeline.Testing.Time;

namespace Pipeline.Buffer.Kafka.Tests;

/// <summary>When records expire unread, and where a reader goes on whose place the log no longer holds.</summary>
[Collection(KafkaCollection.Name)]
[Trait("Needs", "Kafka")]
public sealed class KafkaExpiryTests(KafkaCluster cluster)
{
    private const string Group = "writers";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [KafkaClientTheory]
    [InlineData("delete", "604800000", "-1", 7.0, null)]
    [InlineData("delete,compact", "1000", "-1", 1 / 86400.0, null)]
    [InlineData("delete", "-1", "-1", null, null)]
    [InlineData("delete", "9223372036854775807", "-1", 5_337_599.56, null)]
    [InlineData("delete", "604800000", "1073741824", null, "retention.bytes is 1073741824")]
    [InlineData("compact", "604800000", "-1", null, "cleanup.policy is compact")]
    [InlineData("delete", null, "-1", null, "do not tell retention.ms")]
    public void A_lifetime_is_what_the_settings_promise(string policy, string? time, string bytes, double? days, string? reason)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["cleanup.policy"] = policy, ["retention.ms"] = time, ["retention.bytes"] = bytes };

        var lifetime = KafkaExpiry.LifetimeOf(settings.GetValueOrDefault);

        Assert.Equal(days is null, lifetime.AtLeast is null);
        Assert.Equal(days ?? 0, lifetime.AtLeast?.TotalDays ?? 0, tolerance: 0.1);
        Assert.Equal(reason is null, lifetime.WhyUnknown is null);
        Assert.Contains(reason ?? "", lifetime.WhyUnknown ?? "", StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task A_countdown_is_the_retention_less_the_age_of_the_oldest_unread_record()
    {
        await using var log = await OpenAsync(partitions: 2, retention: TimeSpan.FromHours(10));
        await AppendAsync(log, 3);
        var positions = await log.ReadPositionsAsync(Group, CancellationToken.None);

        var backlogs = await BacklogReader.ReadAsync(log, positions, TimeProvider.System, CancellationToken.None);

        Assert.Equal([LossCountdownKind.Running, LossCountdownKind.NothingUnread], backlogs.Select(backlog => backlog.Countdown.Kind));
        Assert.InRange(backlogs[0].Countdown.Left!.Value, TimeSpan.FromHours(9.9), TimeSpan.FromHours(10));
        Assert.InRange(backlogs[0].Age!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [KafkaFact]
    public async Task What_expires_before_a_slow_reader_comes_to_it_is_reported_and_reading_goes_on()
    {
        await using var log = await OpenAsync(partitions: 1);
        var jumps = JumpsOf(log);

        // Two records of these fill the queue, so the rest is still on the brokers when it expires there.
        await AppendAsync(log, 40, bytes: 200_000);
        await using var member = new GroupMember(log.Join(new ReaderOptions(Group, "a") { MaxBufferedBytes = 300_000 }));
        await member.ReadOnceAsync();
        await TestTopics.ExpireAsync(cluster.BootstrapServers, log.Topic, 0, 39);

        await Until.TrueAsync("the last record", Patience, async () =>
        {
            await member.ReadOnceAsync();
            return member.Records.LastOrDefault()?.Offset == 39;
        });

        var offsets = member.Records.Select(record => record.Offset).ToList();
        var jump = Assert.Single(jumps);
        Assert.Equal((39L, (long?)offsets[^2] + 1), (jump.ToOffset, jump.FromOffset));
        Assert.Equal(40 - offsets.Count, jump.Lost);
        Assert.Equal(CommitOutcome.Committed, await member.CommitAllAsync());
    }

    [KafkaFact]
    public async Task A_group_that_stands_behind_the_end_reads_everything_again_and_says_so()
    {
        await using var log = await OpenAsync(partitions: 1);
        await AppendAsync(log, 5);
        var jumps = JumpsOf(log);
        using (var other = new ConsumerBuilder<byte[], byte[]>(new Dictionary<string, string> { ["bootstrap.servers"] = cluster.BootstrapServers, ["group.id"] = Group }).Build())
        {
            other.Commit([new TopicPartitionOffset(log.Topic, 0, 1000)]);
        }

        var position = (await log.ReadPositionsAsync(Group, CancellationToken.None))[0];
        Assert.Equal((5L, 0L), (position.Lag, position.ExpiredUnread));
        await using var member = new GroupMember(log.Join(new ReaderOptions(Group, "a")));

        await member.ReadUntilAsync(5, Patience);

        Assert.Equal((new OffsetJump(0, 1000, 0, 5), true), (Assert.Single(jumps), jumps.First().IsBack));
        Assert.Equal(CommitOutcome.Committed, await member.CommitAllAsync());
        Assert.Equal(5, (await log.ReadPositionsAsync(Group, CancellationToken.None))[0].CommittedOffset);
    }

    private static ConcurrentQueue<OffsetJump> JumpsOf(KafkaEventLog log)
    {
        var jumps = new ConcurrentQueue<OffsetJump>();
        log.ReportJumpsTo((_, jump) => jumps.Enqueue(jump));
        return jumps;
    }

    private static async Task AppendAsync(KafkaEventLog log, int count, int bytes = 10)
    {
        for (var i = 0; i < count; i++)
        {
            var value = new byte[bytes];
            Random.Shared.NextBytes(value);
            Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(0, "k", new RecordHeaders(null, null), value, CancellationToken.None)).Outcome);
        }
    }

    private async Task<KafkaEventLog> OpenAsync(int partitions, TimeSpan? retention = null)
    {
        var spec = new TopicSpec(TestTopics.NewName(), partitions) { ReplicationFactor = 1, MinInSyncReplicas = 1, Retention = retention ?? TimeSpan.FromDays(1) };
        await TestTopics.CreateAsync(cluster.BootstrapServers, spec);
        var log = new KafkaEventLog(new KafkaBufferOptions { BootstrapServers = cluster.BootstrapServers, Topic = spec.Name }, TimeProvider.System);
        await log.OpenAsync(CancellationToken.None);
        return log;
    }
}
