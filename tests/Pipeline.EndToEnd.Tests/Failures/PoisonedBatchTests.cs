using System.Globalization;
using System.Text;
using Pipeline.Consumers;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Failures;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Logs;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Records;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Failures;

/// <summary>A batch of 50,000 rows of which the real engine refuses three.</summary>
public sealed class PoisonedBatchTests(EngineFixture fixture, ITestOutputHelper output) : IClassFixture<EngineFixture>
{
    private const int Rows = 50_000;
    private const int EventsPerRecord = 50;
    private const int ViolatedConstraint = 469;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [EngineFact]
    public async Task Three_poisoned_rows_of_fifty_thousand_stay_behind_with_their_column_and_code()
    {
        var seed = Environment.TickCount;
        var poisoned = Enumerable.Range(0, Rows).ToArray();
        new Random(seed).Shuffle(poisoned);
        var bad = poisoned.Take(3).ToHashSet();
        output.WriteLine($"seed {seed}: poisoned rows {string.Join(", ", bad.Order())}");
        var options = new ClickHouseOptions { Address = fixture.Engine.Address, Database = EngineFixture.NewDatabase() };
        await new ClickHouseMigrations(options, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        await ExecuteAsync(options, "ALTER TABLE observation_states ADD CONSTRAINT no_poison CHECK ifNull(name.2, '') != 'my poisoned name'");
        await using var log = new InMemoryEventLog(1, TimeProvider.System);
        foreach (var numbers in Enumerable.Range(0, Rows).Chunk(EventsPerRecord))
        {
            log.Append(0, TestRecords.Rest("p1", UnixMicros.Now(TimeProvider.System), [.. numbers.Select(number => Event(number, bad.Contains(number)))]));
        }

        using var clickHouse = new ClickHouseStateStore(options);
        var store = new TableInserts(clickHouse);
        var failures = new FailureStore(new InMemoryObjectStore(TimeProvider.System));
        await using (await WriterHost.StartAsync(new WriterSetup
        {
            Options = new WriterOptions { MaxBatchRows = 1_000_000, MaxBatchBytes = 256 << 20, MaxBufferedBytes = 1 << 30, FlushInterval = TimeSpan.FromMinutes(1), IdleFlushInterval = TimeSpan.FromSeconds(2) },
            Log = log,
            Store = store,
            Failures = failures,
            LogFormat = null,
        }))
        {
            await Until.TrueAsync("everything to be committed", Limit, () => log.IsDrained(TopicNames.WriterGroup));
        }

        output.WriteLine($"{store.Count} inserts");
        Assert.InRange(store.Count, 4, (2 * 3 * Math.Log2(Rows)) + 10);
        using var client = new ClickHouseQueryClient(options);
        Assert.Equal(Rows - 3, await CountAsync(client, "SELECT count() AS n FROM observations"));
        Assert.Equal(Rows - 3, await CountAsync(client, "SELECT sum(stored) AS n FROM receipts FINAL"));
        Assert.Equal(3, await CountAsync(client, "SELECT sum(failed) AS n FROM receipts FINAL"));
        var kept = new List<RecordFailure>();
        await foreach (var entry in failures.ListAsync(null, null, CancellationToken.None))
        {
            kept.AddRange((await failures.ReadAsync(entry.Manifest!, CancellationToken.None)).SelectMany(record => record.Failures));
        }

        Assert.Equal(bad.Select(number => $"t{number / EventsPerRecord}/o{number}").Order(), kept.Select(failure => failure.Entity).Order());
        Assert.All(kept, failure =>
        {
            Assert.Equal(("observation_states", "name", "text of 16 bytes", ViolatedConstraint), (failure.Table, failure.Column, failure.ValueClass, failure.Code));
            Assert.DoesNotContain("my poisoned name", failure.Detail, StringComparison.Ordinal);
        });
    }

    private static LangfuseEvent Event(int number, bool isPoisoned) => TestRecords.Event(
        "span-create",
        string.Create(CultureInfo.InvariantCulture, $$"""{"id":"o{{number}}","traceId":"t{{number / EventsPerRecord}}","name":"{{(isPoisoned ? "my poisoned name" : "good")}}","input":"some text"}"""),
        "2026-11-21T10:00:00Z",
        $"event-{number}");

    private static async Task<long> CountAsync(ClickHouseQueryClient client, string query) =>
        (long)(await client.QueryAsync(query, new Dictionary<string, string>(StringComparer.Ordinal), CancellationToken.None))[0]["n"]!;

    private static async Task ExecuteAsync(ClickHouseOptions options, string statement)
    {
        using var http = new HttpClient();
        using var content = new StringContent(statement, Encoding.UTF8);
        using var answer = await http.PostAsync(new Uri(options.Address, $"/?database={options.Database}"), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
