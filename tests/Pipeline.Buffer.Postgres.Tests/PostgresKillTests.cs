using System.Globalization;
using System.Text;
using Npgsql;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Postgres.Migrations;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Postgres;
using Xunit.Abstractions;

namespace Pipeline.Buffer.Postgres.Tests;

public sealed class PostgresKillTests(ITestOutputHelper output)
{
    private const int Partitions = 3;
    private const int Writers = 4;
    private const int Kills = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [PostgresFact]
    [Trait(FaultSeed.Trait, FaultSeed.Honoured)]
    public async Task Killed_at_random_moments_the_log_holds_every_acknowledged_record_once_and_in_order()
    {
        var random = new Random(FaultSeed.Choose(output));
        var server = new PostgresServer();
        await server.InitializeAsync();
        try
        {
            await using var source = await server.CreateDatabaseAsync();
            await new PostgresMigrations(source, PostgresMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
            var topic = new Topic(source);
            await topic.CreateAsync(Partitions);
            await using var log = await topic.OpenAsync();
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(log, writer, stop.Token))).ToList();
            for (var kill = 0; kill < Kills; kill++)
            {
                await Task.Delay(random.Next(100, 900));
                await server.KillAsync();
                await server.StartAsync();
            }

            await Task.Delay(random.Next(100, 500));
            await stop.CancelAsync();
            var written = await Task.WhenAll(writers);
            var acknowledged = written.SelectMany(writer => writer.Acknowledged).ToList();
            var refused = written.Sum(writer => writer.Refused);

            output.WriteLine($"{acknowledged.Count} acknowledged, {refused} not");
            Assert.True(refused > 0, "the kills hit nothing: no append failed");
            await AssertHoldsAsync(log, acknowledged);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task A_reader_outlives_the_server_and_goes_on_where_it_was()
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        try
        {
            await using var source = await server.CreateDatabaseAsync();
            await new PostgresMigrations(source, PostgresMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
            var topic = new Topic(source);
            await topic.CreateAsync(1);
            await using var log = await topic.OpenAsync();
            await using var member = new GroupMember(log.Join(new ReaderOptions("g", "a")));
            await AppendAsync(log, "before");
            await member.ReadUntilAsync(1, Patience);

            await server.KillAsync();

            Assert.Equal(CommitOutcome.Unavailable, await member.CommitAllAsync());
            Assert.False(await log.IsReachableAsync(CancellationToken.None));
            Assert.Equal(AppendOutcome.Unavailable, (await log.AppendAsync(0, "k", default, [1], CancellationToken.None)).Outcome);
            await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.ReadPositionsAsync("g", CancellationToken.None));
            await server.StartAsync();
            await AppendAsync(log, "after");
            await member.ReadUntilAsync(2, Patience);
            Assert.Equal(CommitOutcome.Committed, await member.CommitAllAsync());
            Assert.Equal(["before", "after"], member.Records.Select(record => Encoding.UTF8.GetString(record.Value.Span)));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    // A record that was not acknowledged is sent again under another name, as a client would under the same one: it may be there or not.
    private static async Task<(List<(int Partition, long Offset, string Text)> Acknowledged, int Refused)> WriteAsync(PostgresEventLog log, int writer, CancellationToken stop)
    {
        var acknowledged = new List<(int, long, string)>();
        var refused = 0;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{writer}:{i}");
            var result = await log.AppendAsync(i % Partitions, text, default, Encoding.UTF8.GetBytes(text), CancellationToken.None);
            if (result.Outcome == AppendOutcome.Appended)
            {
                acknowledged.Add((result.Partition, result.Offset, text));
            }
            else
            {
                refused++;
            }
        }

        return (acknowledged, refused);
    }

    private static async Task AssertHoldsAsync(PostgresEventLog log, List<(int Partition, long Offset, string Text)> acknowledged)
    {
        Assert.NotEmpty(acknowledged);
        var held = new Dictionary<(int, long), string>();
        for (var partition = 0; partition < Partitions; partition++)
        {
            var records = await Topic.ReadAllAsync(log, partition);
            Assert.Equal(Enumerable.Range(0, records.Count).Select(offset => (long)offset), records.Select(record => record.Offset));
            records.ForEach(record => held.Add((partition, record.Offset), Encoding.UTF8.GetString(record.Value.Span)));
        }

        Assert.Equal(held.Count, held.Values.Distinct().Count());
        Assert.All(acknowledged, record => Assert.Equal(record.Text, held[(record.Partition, record.Offset)]));
        foreach (var writer in acknowledged.GroupBy(record => (record.Partition, Writer: record.Text[..record.Text.IndexOf(':', StringComparison.Ordinal)])))
        {
            Assert.Equal(writer.Select(record => record.Offset).Order(), writer.Select(record => record.Offset));
        }
    }

    private static async Task AppendAsync(PostgresEventLog log, string text)
    {
        var result = await log.AppendAsync(0, text, default, Encoding.UTF8.GetBytes(text), CancellationToken.None);
        Assert.True(result.Outcome == AppendOutcome.Appended, result.Reason);
    }
}
