using System.Buffers.Binary;
using Npgsql;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Postgres;

namespace Pipeline.Buffer.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresAppenderTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly RecordHeaders Headers = new("1", TraceParent: null);

    [PostgresFact]
    public async Task Writers_of_two_processes_get_gapless_offsets_and_every_writer_its_order()
    {
        const int Partitions = 3;
        const int PerWriter = 250;
        var topic = new Topic(database.Source);
        await topic.CreateAsync(Partitions);
        await using var first = await topic.OpenAsync();
        await using var second = await topic.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var log = writer % 2 == 0 ? first : second;
            for (var i = 0; i < PerWriter; i++)
            {
                var result = await log.AppendAsync(i % Partitions, "k", Headers, ValueOf(writer, i), CancellationToken.None);
                Assert.True(result.Outcome == AppendOutcome.Appended, result.Reason);
            }
        })));

        var count = 0;
        for (var partition = 0; partition < Partitions; partition++)
        {
            var records = await Topic.ReadAllAsync(first, partition);
            count += records.Count;
            Assert.Equal(Enumerable.Range(0, records.Count).Select(offset => (long)offset), records.Select(record => record.Offset));
            foreach (var writer in records.Select(record => Read(record.Value)).GroupBy(value => value.Writer))
            {
                Assert.Equal(writer.Select(value => value.Sequence).Order(), writer.Select(value => value.Sequence));
            }
        }

        Assert.Equal(4 * PerWriter, count);
    }

    [PostgresFact]
    public async Task Appends_that_wait_share_a_transaction()
    {
        const int Appends = 400;
        var topic = new Topic(database.Source);
        await topic.CreateAsync(4);
        await using var log = await topic.OpenAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, Appends).Select(
            i => log.AppendAsync(i % 4, "k", Headers, ValueOf(0, i), CancellationToken.None).AsTask()));

        Assert.All(results, result => Assert.Equal(AppendOutcome.Appended, result.Outcome));

        // A row version knows its transaction: exact, where the server's counters come late and count everybody.
        await using var command = database.Source.CreateCommand("SELECT count(DISTINCT xmin::text)::int FROM log_records WHERE topic = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic.Name });
        Assert.InRange((int)(await command.ExecuteScalarAsync())!, 1, Appends / 10);
    }

    [PostgresFact]
    public async Task A_full_queue_is_busy_and_takes_appends_again_when_it_is_written()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(1);
        await using var log = await topic.OpenAsync(topic.Options with { MaxQueuedBytes = 1000 });
        Task<AppendResult> first;
        await using (var blocker = await LockTopicAsync(topic))
        {
            first = log.AppendAsync(0, "k", Headers, new byte[900], CancellationToken.None).AsTask();

            var refused = await log.AppendAsync(0, "k", Headers, new byte[200], CancellationToken.None);

            Assert.Equal(AppendOutcome.Busy, refused.Outcome);
            Assert.Contains("MaxQueuedBytes", refused.Reason, StringComparison.Ordinal);
        }

        Assert.Equal(AppendOutcome.Appended, (await first).Outcome);
        Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(0, "k", Headers, new byte[900], CancellationToken.None)).Outcome);
    }

    [PostgresFact]
    public async Task A_write_that_takes_too_long_is_unavailable_and_the_next_one_works()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(1);
        await using var log = await topic.OpenAsync(topic.Options with { WriteTimeout = TimeSpan.FromMilliseconds(300) });
        await using (var blocker = await LockTopicAsync(topic))
        {
            var late = await log.AppendAsync(0, "k", Headers, [1], CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(AppendOutcome.Unavailable, late.Outcome);
        }

        var next = await log.AppendAsync(0, "k", Headers, [2], CancellationToken.None);

        Assert.Equal(AppendResult.Appended(0, 0), next);
    }

    [PostgresFact]
    public async Task A_caller_that_stops_waiting_does_not_stop_the_others()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(1);
        await using var log = await topic.OpenAsync();
        using var impatience = new CancellationTokenSource();
        Task<AppendResult> other;
        await using (var blocker = await LockTopicAsync(topic))
        {
            var gone = log.AppendAsync(0, "k", Headers, [1], impatience.Token).AsTask();
            other = log.AppendAsync(0, "k", Headers, [2], CancellationToken.None).AsTask();
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        }

        Assert.Equal(AppendOutcome.Appended, (await other).Outcome);
    }

    private static byte[] ValueOf(int writer, int sequence)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(value, writer);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), sequence);
        return value;
    }

    private static (int Writer, int Sequence) Read(ReadOnlyMemory<byte> value) =>
        (BinaryPrimitives.ReadInt32LittleEndian(value.Span), BinaryPrimitives.ReadInt32LittleEndian(value.Span[4..]));

    // Disposing the connection rolls back and lets the writers go on.
    private async Task<NpgsqlConnection> LockTopicAsync(Topic topic)
    {
        var connection = await database.Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"BEGIN; SELECT * FROM log_partitions WHERE topic = '{topic.Name}' FOR UPDATE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
