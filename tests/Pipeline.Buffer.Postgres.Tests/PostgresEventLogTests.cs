using Pipeline.Testing.Buffer;
using Pipeline.Testing.Postgres;

namespace Pipeline.Buffer.Postgres.Tests;

[Collection(PostgresCollection.Name)]
[PostgresBackend]
public sealed class PostgresEventLogTests(PostgresDatabase database) : EventLogContractTests, IClassFixture<PostgresDatabase>
{
    protected override bool IsGapless => true;

    protected override TimeSpan MemberTimeout { get; } = TimeSpan.FromSeconds(3);

    protected override async Task<IEventLog> OpenAsync(int partitions)
    {
        var topic = $"topic-{Guid.CreateVersion7():N}";
        await using var admin = new PostgresEventLog(database.Source, new PostgresLogOptions { Topic = topic }, TimeProvider.System);
        Assert.True(await admin.EnsureTopicAsync(new TopicSpec(topic, partitions), CancellationToken.None));
        return await OpenAgainAsync(topic);
    }

    protected override IEventLog Create(string topic) => new PostgresEventLog(
        database.Source, new PostgresLogOptions { Topic = topic, LeaseDuration = MemberTimeout, MaxRecordBytes = MaxRecordBytes }, TimeProvider.System);

    protected override async Task ExpireAsync(string topic, int partition, long belowOffset)
    {
        await using var command = database.Source.CreateCommand(
            """
            WITH gone AS (DELETE FROM log_records WHERE topic = $1 AND partition = $2 AND "offset" < $3)
            UPDATE log_partitions SET first_offset = $3 WHERE topic = $1 AND partition = $2
            """);
        command.Parameters.AddWithValue(topic);
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(belowOffset);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    protected override long BufferedBytesOf(IEventLogReader reader) => ((PostgresLogReader)reader).BufferedBytes;
}
