using Pipeline.Schemas.Records;
using Pipeline.Testing.Postgres;
using Xunit.Abstractions;

namespace Pipeline.Buffer.Postgres.Tests;

/// <summary>Many writers and a server that is killed under them: what was acknowledged is there once, in order, without gaps.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresLogDurabilityTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Partitions = 3;
    private static readonly RecordHeaders Headers = new("1.0", null);

    [PostgresFact]
    public async Task Offsets_are_gapless_under_many_writers_and_commits_are_shared()
    {
        await using var source = await server.CreateDatabaseAsync();
        await using var one = await TestLogs.OpenAsync(source, Partitions);
        await using var two = await TestLogs.OpenAsync(source, Partitions);

        var appended = await Task.WhenAll(Enumerable.Range(0, 600).Select(async i =>
            await (i % 2 == 0 ? one : two).AppendAsync(i % Partitions, "key", Headers, BitConverter.GetBytes(i), CancellationToken.None)));

        Assert.All(appended.GroupBy(result => result.Partition), partition =>
            Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), partition.Select(result => result.Offset).Order()));
        Assert.InRange(await CountTransactionsAsync(source), 1, 300);
    }

    [PostgresFact]
    public async Task Acknowledged_records_survive_kills_of_the_server_once_and_in_order()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var source = await server.CreateDatabaseAsync();
        await using var log = await TestLogs.OpenAsync(source, Partitions);
        using var stopping = new CancellationTokenSource();
        var acknowledged = new Dictionary<(int Partition, long Offset), int>();
        var failures = 0;
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = writer; !stopping.IsCancellationRequested; i += 4)
            {
                var result = await log.AppendAsync(i % Partitions, "key", Headers, BitConverter.GetBytes(i), CancellationToken.None);
                lock (acknowledged)
                {
                    if (result.Outcome == AppendOutcome.Appended)
                    {
                        acknowledged.Add((result.Partition, result.Offset), i);
                    }
                    else
                    {
                        failures++;
                    }
                }
            }
        })).ToList();

        for (var round = 0; round < 3; round++)
        {
            await Task.Delay(random.Next(100, 500));
            await server.KillAndRestartAsync();
        }

        await stopping.CancelAsync();
        await Task.WhenAll(writers);
        output.WriteLine($"{acknowledged.Count} acknowledged, {failures} not");
        Assert.True(failures > 0, "the fault did not fire: no append failed");
        await AssertHeldAsync(log, acknowledged);
    }

    private static async Task AssertHeldAsync(PostgresEventLog log, Dictionary<(int Partition, long Offset), int> acknowledged)
    {
        foreach (var position in await log.ReadPositionsAsync("nobody", CancellationToken.None))
        {
            var expected = 0L;
            await foreach (var record in log.ReadRangeAsync(position.Partition, 0, position.EndOffset, CancellationToken.None))
            {
                Assert.Equal(expected++, record.Offset);
                if (acknowledged.Remove((record.Partition, record.Offset), out var value))
                {
                    Assert.Equal(value, BitConverter.ToInt32(record.Value.Span));
                }
            }

            Assert.Equal(position.EndOffset, expected);
        }

        Assert.Empty(acknowledged);
    }

    private static async Task<long> CountTransactionsAsync(Npgsql.NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT count(DISTINCT xmin::text) FROM log_records");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
