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

    protected override long BufferedBytesOf(IEventLogReader reader) => ((PostgresLogReader)reader).BufferedBytes;
}
