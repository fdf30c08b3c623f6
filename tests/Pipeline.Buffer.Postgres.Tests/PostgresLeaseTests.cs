using System.Diagnostics;
using Npgsql;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;

namespace Pipeline.Buffer.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresLeaseTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const string Group = "g";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly RecordHeaders Headers = new("1", TraceParent: null);

    [PostgresFact]
    public async Task A_member_that_vanishes_is_replaced_after_its_lease_and_its_late_commit_is_fenced()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(2);
        await using var log = await topic.OpenAsync();
        for (var i = 0; i < 6; i++)
        {
            await log.AppendAsync(i % 2, "k", Headers, [(byte)i], CancellationToken.None);
        }

        // A clock that stands still stops the loop of the member, as a stopped process would; its caller goes on.
        var stopped = new ManualTimeProvider();
        await using var zombieLog = new PostgresEventLog(database.Source, topic.Options, stopped);
        await using var zombie = new GroupMember(zombieLog.Join(new ReaderOptions(Group, "a")));
        await zombie.ReadUntilAsync(6, Patience);
        var elapsed = Stopwatch.StartNew();
        await using var heir = new GroupMember(log.Join(new ReaderOptions(Group, "b")));

        await heir.ReadUntilAsync(6, Patience);

        Assert.True(elapsed.Elapsed > topic.Options.LeaseDuration / 2, $"the lease was not respected: {elapsed.Elapsed}");
        Assert.Equal(CommitOutcome.Committed, await heir.Reader.CommitAsync([new PartitionOffset(0, 1)], CancellationToken.None));
        Assert.Equal(CommitOutcome.Fenced, await zombie.CommitAllAsync());
        var positions = await log.ReadPositionsAsync(Group, CancellationToken.None);
        Assert.Equal([1L, null], positions.Select(position => position.CommittedOffset));
        Assert.Equal(CommitOutcome.Committed, await heir.CommitAllAsync());
    }

    [PostgresFact]
    public async Task A_member_that_comes_back_under_its_name_does_not_wait_for_its_old_lease()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(2);
        var patient = topic.Options with { LeaseDuration = TimeSpan.FromMinutes(5) };
        await using var oldLog = new PostgresEventLog(database.Source, patient, new ManualTimeProvider());
        await using var log = await topic.OpenAsync(patient);
        await log.AppendAsync(0, "k", Headers, [1], CancellationToken.None);
        await using var old = new GroupMember(oldLog.Join(new ReaderOptions(Group, "a")));
        await old.ReadUntilAsync(1, Patience);

        await using var again = new GroupMember(log.Join(new ReaderOptions(Group, "a")));

        await again.ReadUntilAsync(1, Patience);
        Assert.Equal(2, again.Assigned.Count);
        Assert.Equal(CommitOutcome.Fenced, await old.CommitAllAsync());
        Assert.Equal(CommitOutcome.Committed, await again.CommitAllAsync());
    }

    [PostgresFact]
    public async Task A_commit_never_goes_back()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(1);
        await using var log = await topic.OpenAsync();
        await using var member = new GroupMember(log.Join(new ReaderOptions(Group, "a")));
        for (var i = 0; i < 7; i++)
        {
            await log.AppendAsync(0, "k", Headers, [(byte)i], CancellationToken.None);
        }

        await member.ReadUntilAsync(7, Patience);

        Assert.Equal(CommitOutcome.Committed, await member.Reader.CommitAsync([new PartitionOffset(0, 7)], CancellationToken.None));
        Assert.Equal(CommitOutcome.Fenced, await member.Reader.CommitAsync([new PartitionOffset(0, 3)], CancellationToken.None));

        Assert.Equal(7, (await log.ReadPositionsAsync(Group, CancellationToken.None))[0].CommittedOffset);
    }

    [PostgresFact]
    public async Task Retention_deletes_what_is_old_and_committed_by_every_group()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(2);
        await using var log = await topic.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await log.AppendAsync(0, "k", Headers, [(byte)i], CancellationToken.None);
            await log.AppendAsync(1, "k", Headers, [(byte)i], CancellationToken.None);
        }

        var retention = new PostgresLogRetention(database.Source, new PostgresRetentionOptions { Topic = topic.Name, Retention = TimeSpan.FromHours(1) });
        await AgeAsync(topic, below: 8);
        Assert.Equal(0, await retention.DeleteChunkAsync(CancellationToken.None));
        await CommitAsync(log, "fast", 0, 9);
        await CommitAsync(log, "slow", 0, 5);

        Assert.Equal(5, await retention.DeleteChunkAsync(CancellationToken.None));
        Assert.Equal(0, await retention.DeleteChunkAsync(CancellationToken.None));
        await CommitAsync(log, "slow", 0, 10);
        Assert.Equal(3, await retention.DeleteChunkAsync(CancellationToken.None));

        var positions = await log.ReadPositionsAsync("new group", CancellationToken.None);
        Assert.Equal([(8L, 10L), (0L, 10L)], positions.Select(position => (position.FirstOffset, position.EndOffset)));
        Assert.Equal([8L, 9L], (await Topic.ReadAllAsync(log, 0)).Select(record => record.Offset));
        await using var member = new GroupMember(log.Join(new ReaderOptions("new group", "a")));
        await member.ReadUntilAsync(12, Patience);
    }

    private static async Task CommitAsync(PostgresEventLog log, string group, int partition, long offset)
    {
        await using var member = new GroupMember(log.Join(new ReaderOptions(group, "a")));
        await Until.TrueAsync("the records", Patience, async () =>
        {
            await member.ReadOnceAsync();
            return member.NextOffsets.Exists(next => next.Partition == partition && next.Offset >= offset);
        });
        Assert.Equal(CommitOutcome.Committed, await member.Reader.CommitAsync([new PartitionOffset(partition, offset)], CancellationToken.None));
    }

    private async Task AgeAsync(Topic topic, long below)
    {
        await using var command = database.Source.CreateCommand(
            "UPDATE log_records SET appended_at = now() - interval '2 hours' WHERE topic = $1 AND \"offset\" < $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic.Name });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = below });
        await command.ExecuteNonQueryAsync();
    }
}
