using System.Text;
using Pipeline.Cli.Gaps;
using Pipeline.Cli.Queries;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Logs;

namespace Pipeline.Cli.Tests.Queries;

/// <summary>What the ledger and `where` say of a log, receipts and reports that do or do not agree.</summary>
[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class LedgerReaderTests(EngineFixture fixture) : IAsyncLifetime, IDisposable
{
    private const string Project = "project-a";
    private const string Gateway = "gateway-1";
    private const int EventsPerRecord = 3;
    private readonly long _now = UnixMicros.Now(TimeProvider.System);
    private readonly ClickHouseOptions _options = new() { Address = EngineProcess.IsAvailable ? fixture.Engine.Address : new Uri("http://127.0.0.1:1"), Database = EngineFixture.NewDatabase() };
    private ClickHouseStateStore _store = null!;
    private ClickHouseQueryClient _client = null!;
    private LedgerLane _live = null!;
    private LedgerLane _replay = null!;

    private InMemoryEventLog Log => _live.Log;

    public async Task InitializeAsync()
    {
        _store = new ClickHouseStateStore(_options);
        _client = new ClickHouseQueryClient(_options);
        _live = new LedgerLane(new InMemoryEventLog(2, TimeProvider.System), TopicNames.WriterGroup, _store);
        _replay = new LedgerLane(new InMemoryEventLog(2, TimeProvider.System) { Topic = TopicNames.ReplayOf(Log.Topic) }, TopicNames.ReplayOf(TopicNames.WriterGroup), _store);
        if (EngineProcess.IsAvailable)
        {
            await new ClickHouseMigrations(_options, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        await _live.DisposeAsync();
        await _replay.DisposeAsync();
    }

    public void Dispose()
    {
        _client.Dispose();
        _store.Dispose();
    }

    [EngineFact]
    public async Task What_is_acknowledged_and_stored_closes()
    {
        Log.Append(0, Record("a"));
        Log.Append(1, Record("b"));
        await ReportAsync(acknowledged: 2 * EventsPerRecord);
        await _live.StoreAsync(commit: true);

        var ledger = await ReadAsync();

        Assert.Equal((6, 6, 6, 0, 0), Assert.Single(ledger.Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.InFlight, line.Missing))));
        Assert.False(ledger.HasGap || ledger.IsInFlight);
    }

    [EngineFact]
    public async Task What_is_stored_and_not_committed_counts_once_and_as_in_flight()
    {
        Log.Append(0, Record("a"));
        Log.Append(0, Record("b"));
        await ReportAsync(acknowledged: 2 * EventsPerRecord);
        await _live.StoreAsync(commit: false);

        var ledger = await ReadAsync();

        Assert.Equal((6, 6, 0, 6, 0), Assert.Single(ledger.Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.InFlight, line.Missing))));
        Assert.False(ledger.HasGap);
        Assert.True(ledger.IsInFlight);
    }

    [EngineFact]
    public async Task A_record_that_the_log_holds_twice_counts_once_and_each_of_its_places_is_worked_off()
    {
        var record = Record("a");
        Log.Append(0, record);
        Log.Append(0, record);
        await ReportAsync(acknowledged: EventsPerRecord);
        await _live.StoreAsync(commit: true);

        var ledger = await ReadAsync();

        Assert.Equal((3, 3, 3, 0), Assert.Single(ledger.Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.Unreported))));
        Assert.Equal([2L, 0L], ledger.Partitions.Select(partition => partition.Receipts));
        Assert.False(ledger.HasGap);
    }

    [EngineFact]
    public async Task What_is_acknowledged_and_nowhere_is_a_gap()
    {
        Log.Append(0, Record("a"));
        await ReportAsync(acknowledged: EventsPerRecord + 1);
        await _live.StoreAsync(commit: true);

        var ledger = await ReadAsync();

        Assert.Equal(1, Assert.Single(ledger.Lines).Missing);
        Assert.True(ledger.HasGap);
    }

    [EngineFact]
    public async Task What_is_committed_without_a_receipt_is_a_gap_of_its_partition()
    {
        Log.Append(0, Record("a"));
        Log.Append(0, Record("b"));
        Log.Append(1, Record("c"));
        await _live.StoreAsync(commit: true, skip: record => record.Offset == 1);

        var ledger = await ReadAsync();

        Assert.Equal([1L, 0L], ledger.Partitions.Select(partition => partition.Missing));
        Assert.True(ledger.HasGap);
    }

    [EngineFact]
    public async Task A_record_is_found_in_the_log_and_then_by_its_receipt()
    {
        Log.Append(0, Record("event-a"));
        Log.Append(1, Record("event-ab"));
        Assert.Equal(["in flight"], (await LocationsAsync("event-a")).Select(location => location.State));

        await _live.StoreAsync(commit: false);
        Assert.Equal(["stored"], (await LocationsAsync("event-a")).Select(location => location.State));
        await _live.CommitAsync();
        Assert.Equal([(0, 0L)], (await LocationsAsync("event-a")).Select(location => (location.Partition, location.Offset)));
        Assert.Empty(await LocationsAsync("event"));
    }

    [EngineFact]
    public async Task A_record_whose_events_failed_says_so_and_why()
    {
        Log.Append(0, Record("a"));
        await _live.StoreAsync(commit: true, failed: EventsPerRecord);

        var location = Assert.Single(await LocationsAsync("a"));

        Assert.Equal("failed", location.State);
        Assert.Equal(["time_out_of_range: field startTime"], location.Reasons);
    }

    [EngineFact]
    public async Task A_record_that_is_in_flight_again_counts_once_by_its_receipt()
    {
        var record = Record("a");
        Log.Append(0, record);
        await ReportAsync(acknowledged: EventsPerRecord);
        await _live.StoreAsync(commit: true);
        Log.Append(0, record);
        Log.Append(1, Record("b"));
        Log.Append(1, Record("b") with { RecordId = record.RecordId });

        Assert.Equal([(3L, 6L, 3L, 0L, 3L, 0L)], await CountsAsync());
    }

    [EngineFact]
    public async Task A_replay_turns_failed_into_stored_once_it_has_its_receipt_however_often_it_is_appended()
    {
        var record = Record("a");
        Log.Append(0, record);
        Log.Append(0, record);
        Log.Append(1, Record("b"));
        await ReportAsync(acknowledged: 2 * EventsPerRecord);
        await _live.StoreAsync(commit: true, failed: 1);
        Assert.Equal([(6L, 6L, 4L, 2L, 0L, 0L)], await CountsAsync());

        // Appended, then stored by a consumer that is killed before it commits: what the replay lane holds is not in flight.
        _replay.Log.Append(0, record with { Attempt = 1, Lane = RecordLane.Replay });
        Assert.Equal([(6L, 6L, 4L, 2L, 0L, 0L)], await CountsAsync());
        await _replay.StoreAsync(commit: false);
        Assert.Equal([(6L, 6L, 5L, 1L, 0L, 0L)], await CountsAsync());

        // The next consumer commits; the tool, which was killed too, has appended the record a second time.
        await _replay.CommitAsync();
        _replay.Log.Append(1, record with { Attempt = 1, Lane = RecordLane.Replay });
        Assert.Equal([(6L, 6L, 5L, 1L, 0L, 0L)], await CountsAsync());
        await _replay.StoreAsync(commit: true);
        Assert.Equal([(6L, 6L, 5L, 1L, 0L, 0L)], await CountsAsync());
        Assert.False((await ReadAsync()).HasGap);
    }

    [EngineFact]
    public async Task Of_several_attempts_the_latest_counts_and_of_one_attempt_what_was_stored()
    {
        var record = Record("a");
        Log.Append(0, record);
        await ReportAsync(acknowledged: EventsPerRecord);
        await _live.StoreAsync(commit: true, failed: 3);
        _replay.Log.Append(0, record with { Attempt = 1 });
        await _replay.StoreAsync(commit: true, failed: 1);
        Assert.Equal([(3L, 3L, 2L, 1L, 0L, 0L)], await CountsAsync());

        _replay.Log.Append(0, record with { Attempt = 2 });
        await _replay.StoreAsync(commit: true);
        Assert.Equal([(3L, 3L, 3L, 0L, 0L, 0L)], await CountsAsync());

        // The same attempt appended twice and refused the second time: it is stored nevertheless.
        _replay.Log.Append(1, record with { Attempt = 2 });
        await _replay.StoreAsync(commit: true, failed: 3);
        Assert.Equal([(3L, 3L, 3L, 0L, 0L, 0L)], await CountsAsync());

        _replay.Log.Append(1, record with { Attempt = 3 });
        await _replay.StoreAsync(commit: true, failed: 2);
        Assert.Equal([(3L, 3L, 1L, 2L, 0L, 0L)], await CountsAsync());
    }

    [EngineFact]
    public async Task A_replayed_record_is_found_with_its_latest_attempt_first()
    {
        var record = Record("a");
        Log.Append(0, record);
        await _live.StoreAsync(commit: true, failed: EventsPerRecord);
        _replay.Log.Append(1, record with { Attempt = 1 });
        Assert.Equal([("replayed: in flight", 1), ("failed", 0)], await StatesAsync());

        await _replay.StoreAsync(commit: false);
        Assert.Equal([("replayed: stored", 1), ("failed", 0)], await StatesAsync());
        await _replay.CommitAsync();

        _replay.Log.Append(1, record with { Attempt = 2 });
        await _replay.StoreAsync(commit: true, failed: 1);
        Assert.Equal([("replayed: partly failed", 2), ("replayed: stored", 1), ("failed", 0)], await StatesAsync());
        Assert.Equal([1, 0, 1], (await LocationsAsync("a")).Select(location => location.Reasons.Count));

        async Task<IEnumerable<(string, int)>> StatesAsync() => (await LocationsAsync("a")).Select(location => (location.State, location.Attempt));
    }

    private Task<LedgerReport> ReadAsync() =>
        new LedgerReader(_client, LogTail.Live(Log), LogTail.Replay(_replay.Log), new UnstoredReader(_client, Log, archive: null)).ReadAsync(TimeProvider.System.GetUtcNow().AddDays(-1), CancellationToken.None);

    private async Task<IEnumerable<(long Reported, long Accepted, long Stored, long Failed, long InFlight, long Missing)>> CountsAsync() =>
        (await ReadAsync()).Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.Failed, line.InFlight, line.Missing));

    private Task<IReadOnlyList<Location>> LocationsAsync(string id) =>
        new LocationReader(_client, LogTail.Live(Log), LogTail.Replay(_replay.Log)).ReadAsync(id, CancellationToken.None);

    private BufferRecord Record(string eventId) => new()
    {
        RecordId = Guid.CreateVersion7(),
        ProjectId = Project,
        ReceivedAtMicros = _now,
        PayloadKind = PayloadKind.LangfuseEvents,
        EventCount = EventsPerRecord,
        RequestId = eventId,
        InstanceId = Gateway,
        Payload = Encoding.UTF8.GetBytes($$"""{"id":"{{eventId}}"}"""),
    };

    private async Task ReportAsync(long acknowledged)
    {
        var batch = new StateBatch();
        batch.Accounts.Add(new AccountReport(Gateway, 1, new GatewayAccount(Project, UnixMicros.FloorToMinute(_now), acknowledged)));
        await LedgerLane.InsertAsync(_store, batch);
    }
}
