using System.Collections.Concurrent;
using Npgsql;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;

namespace Pipeline.Buffer.Postgres.Tests;

/// <summary>What the log says of a Postgres that is away, or there and of no use.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresOutageTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [PostgresFact]
    public async Task A_server_that_takes_no_writes_is_not_reachable_for_appends()
    {
        var topic = new Topic(database.Source);
        await topic.CreateAsync(1);
        var readOnly = new NpgsqlConnectionStringBuilder(database.Source.ConnectionString) { Options = "-c default_transaction_read_only=on" };
        await using var source = NpgsqlDataSource.Create(readOnly.ConnectionString);
        await using var log = new PostgresEventLog(source, topic.Options, TimeProvider.System);
        await log.OpenAsync(CancellationToken.None);
        await using var writable = await topic.OpenAsync();

        Assert.False(await log.IsReachableAsync(CancellationToken.None));
        Assert.True(await writable.IsReachableAsync(CancellationToken.None));
        Assert.Equal(AppendOutcome.Unavailable, (await log.AppendAsync(0, "k", default, [1], CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task A_reader_without_its_server_says_so_once()
    {
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=1");
        await using var log = new PostgresEventLog(source, new PostgresLogOptions { Topic = "t", LeaseDuration = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        var troubles = new ConcurrentQueue<(string Member, string Reason)>();
        log.ReportTroublesTo((member, reason) => troubles.Enqueue((member, reason)));
        await using var reader = log.Join(new ReaderOptions("g", "a"));

        await Until.TrueAsync("the reader's word", TimeSpan.FromSeconds(10), () => !troubles.IsEmpty);
        await Task.Delay(TimeSpan.FromSeconds(1));

        Assert.Equal("a", Assert.Single(troubles).Member);
    }
}
