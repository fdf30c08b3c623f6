using System.Collections.Concurrent;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.Postgres;

namespace Pipeline.Buffer.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresPlaceTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [PostgresFact]
    public async Task A_log_made_anew_is_read_from_its_beginning_and_committed_from_there()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(1);
        await using var log = await topic.OpenAsync();
        await AppendAsync(log, 5);
        await using (var before = new GroupMember(log.Join(new ReaderOptions("g", "a"))))
        {
            await before.ReadUntilAsync(5, Patience);
            Assert.Equal(CommitOutcome.Committed, await before.CommitAllAsync());
        }

        await using (var anew = database.Source.CreateCommand($"DELETE FROM log_records WHERE topic = '{topic.Name}'; UPDATE log_partitions SET next_offset = 0 WHERE topic = '{topic.Name}'"))
        {
            await anew.ExecuteNonQueryAsync();
        }

        await AppendAsync(log, 3);
        var jumps = new ConcurrentQueue<OffsetJump>();
        log.ReportJumpsTo((_, jump) => jumps.Enqueue(jump));
        await using var member = new GroupMember(log.Join(new ReaderOptions("g", "a")));

        await member.ReadUntilAsync(3, Patience);

        Assert.Equal(new OffsetJump(0, 5, 0, 3), Assert.Single(jumps));
        Assert.Equal(CommitOutcome.Committed, await member.CommitAllAsync());
        Assert.Equal(3, (await log.ReadPositionsAsync("g", CancellationToken.None))[0].CommittedOffset);
    }

    private static async Task AppendAsync(PostgresEventLog log, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(0, "k", new RecordHeaders(null, null), [1], CancellationToken.None)).Outcome);
        }
    }
}
