using System.Text;
using Pipeline.Buffer;
using Pipeline.Cli.Queries;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
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
    private readonly InMemoryEventLog _log = new(2, TimeProvider.System);
    private readonly long _now = UnixMicros.Now(TimeProvider.System);
    private readonly ClickHouseOptions _options = new() { Address = EngineProcess.IsAvailable ? fixture.Engine.Address : new Uri("http://127.0.0.1:1"), Database = EngineFixture.NewDatabase() };
    private readonly List<BufferedRecord> _delivered = [];
    private ClickHouseStateStore _store = null!;
    private ClickHouseQueryClient _client = null!;
    private IEventLogReader _reader = null!;

    public async Task InitializeAsync()
    {
        _store = new ClickHouseStateStore(_options);
        _client = new ClickHouseQueryClient(_options);
        _reader = _log.Join(new ReaderOptions(TopicNames.WriterGroup, "a"));
        if (EngineProcess.IsAvailable)
        {
            await new ClickHouseMigrations(_options, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _log.DisposeAsync();
    }

    public void Dispose()
    {
        _client.Dispose();
        _store.Dispose();
    }

    [EngineFact]
    public async Task What_is_acknowledged_and_stored_closes()
    {
        _log.Append(0, Record("a"));
        _log.Append(1, Record("b"));
        await ReportAsync(acknowledged: 2 * EventsPerRecord);
        await StoreAsync(commit: true);

        var ledger = await ReadAsync();

        Assert.Equal((6, 6, 6, 0, 0), Assert.Single(ledger.Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.InFlight, line.Missing))));
        Assert.False(ledger.HasGap || ledger.IsInFlight);
    }

    [EngineFact]
    public async Task What_is_stored_and_not_committed_counts_once_and_as_in_flight()
    {
        _log.Append(0, Record("a"));
        _log.Append(0, Record("b"));
        await ReportAsync(acknowledged: 2 * EventsPerRecord);
        await StoreAsync(commit: false);

        var ledger = await ReadAsync();

        Assert.Equal((6, 6, 0, 6, 0), Assert.Single(ledger.Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.InFlight, line.Missing))));
        Assert.False(ledger.HasGap);
        Assert.True(ledger.IsInFlight);
    }

    [EngineFact]
    public async Task A_record_that_the_log_holds_twice_counts_once_and_each_of_its_places_is_worked_off()
    {
        var record = Record("a");
        _log.Append(0, record);
        _log.Append(0, record);
        await ReportAsync(acknowledged: EventsPerRecord);
        await StoreAsync(commit: true);

        var ledger = await ReadAsync();

        Assert.Equal((3, 3, 3, 0), Assert.Single(ledger.Lines.Select(line => (line.Reported, line.Accepted, line.Stored, line.Unreported))));
        Assert.Equal([2L, 0L], ledger.Partitions.Select(partition => partition.Receipts));
        Assert.False(ledger.HasGap);
    }

    [EngineFact]
    public async Task What_is_acknowledged_and_nowhere_is_a_gap()
    {
        _log.Append(0, Record("a"));
        await ReportAsync(acknowledged: EventsPerRecord + 1);
        await StoreAsync(commit: true);

        var ledger = await ReadAsync();

        Assert.Equal(1, Assert.Single(ledger.Lines).Missing);
        Assert.True(ledger.HasGap);
    }

    [EngineFact]
    public async Task What_is_committed_without_a_receipt_is_a_gap_of_its_partition()
    {
        _log.Append(0, Record("a"));
        _log.Append(0, Record("b"));
        _log.Append(1, Record("c"));
        await StoreAsync(commit: true, skip: record => record.Offset == 1);

        var ledger = await ReadAsync();

        Assert.Equal([1L, 0L], ledger.Partitions.Select(partition => partition.Missing));
        Assert.True(ledger.HasGap);
    }

    [EngineFact]
    public async Task A_record_is_found_in_the_log_and_then_by_its_receipt()
    {
        _log.Append(0, Record("event-a"));
        _log.Append(1, Record("event-ab"));
        var reader = new LocationReader(_client, new LogTail(_log));
        Assert.Equal(["in flight"], (await reader.ReadAsync("event-a", CancellationToken.None)).Select(location => location.State));

        await StoreAsync(commit: false);
        Assert.Equal(["stored"], (await reader.ReadAsync("event-a", CancellationToken.None)).Select(location => location.State));
        await CommitAsync();
        Assert.Equal([(0, 0L)], (await reader.ReadAsync("event-a", CancellationToken.None)).Select(location => (location.Partition, location.Offset)));
        Assert.Empty(await reader.ReadAsync("event", CancellationToken.None));
    }

    [EngineFact]
    public async Task A_record_whose_events_failed_says_so_and_why()
    {
        _log.Append(0, Record("a"));
        await StoreAsync(commit: true, failed: EventsPerRecord);

        var location = Assert.Single(await new LocationReader(_client, new LogTail(_log)).ReadAsync("a", CancellationToken.None));

        Assert.Equal("failed", location.State);
        Assert.Equal(["time_out_of_range: field startTime"], location.Reasons);
    }

    private Task<LedgerReport> ReadAsync() =>
        new LedgerReader(_client, new LogTail(_log), _log.Topic).ReadAsync(TimeProvider.System.GetUtcNow().AddDays(-1), CancellationToken.None);

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
        await InsertAsync(batch);
    }

    private async Task StoreAsync(bool commit, int failed = 0, Func<BufferedRecord, bool>? skip = null)
    {
        while (await _reader.ReadAsync(1024 * 1024, TimeSpan.Zero, CancellationToken.None) is { Records.Count: > 0 } read)
        {
            _delivered.AddRange(read.Records);
        }

        var batch = new StateBatch();
        foreach (var source in _delivered.Where(source => skip?.Invoke(source) != true))
        {
            BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record);
            batch.Receipts.Add(ReceiptOf(source, record!, failed));
            if (failed > 0)
            {
                batch.Rejected.Add(new RejectedEvent(record!.RecordId, Project, source.Topic, source.Partition, source.Offset, 0, "time_out_of_range", "field startTime"));
            }
        }

        await InsertAsync(batch);
        if (commit)
        {
            await CommitAsync();
        }
    }

    private async Task CommitAsync()
    {
        var next = _delivered.GroupBy(record => record.Partition).Select(group => new PartitionOffset(group.Key, group.Max(record => record.Offset) + 1));
        Assert.Equal(CommitOutcome.Committed, await _reader.CommitAsync([.. next], CancellationToken.None));
    }

    private static Receipt ReceiptOf(BufferedRecord source, BufferRecord record, int failed) => new()
    {
        RecordId = record.RecordId,
        ProjectId = record.ProjectId,
        RequestId = record.RequestId,
        InstanceId = record.InstanceId,
        ReceivedAtMicros = record.ReceivedAtMicros,
        Topic = source.Topic,
        Partition = source.Partition,
        Offset = source.Offset,
        Attempt = 0,
        PayloadKind = record.PayloadKind,
        Accepted = record.EventCount,
        Stored = record.EventCount - failed,
        Failed = failed,
        EventHashes = [XxHash64.Hash(Encoding.UTF8.GetBytes(record.RequestId))],
        EntityHashes = [],
        TraceHashes = [],
    };

    private async Task InsertAsync(StateBatch batch)
    {
        using var prepared = _store.Prepare(batch);
        Assert.Equal(InsertResult.Inserted, await _store.InsertAsync(prepared, CancellationToken.None));
    }
}
