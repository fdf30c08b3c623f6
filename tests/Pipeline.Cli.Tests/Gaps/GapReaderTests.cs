using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Buffer;
using Pipeline.Cli.Gaps;
using Pipeline.Cli.Queries;
using Pipeline.Cli.Tests.Queries;
using Pipeline.Schemas;
using Pipeline.Schemas.Errors;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Archiving;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Logs;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Cli.Tests.Gaps;

/// <summary>What `ledger gaps` names: how much of what, where it stopped, and what could fill it.</summary>
[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class GapReaderTests(EngineFixture fixture) : IAsyncLifetime, IDisposable
{
    private const string Gateway = "gateway-1";
    private const int EventsPerRecord = 3;

    // The middle of a minute: nothing that is received now falls into the next one.
    private readonly long _now = UnixMicros.FloorToMinute(UnixMicros.Now(TimeProvider.System)) - (30 * UnixMicros.PerSecond);
    private readonly ClickHouseOptions _options = new() { Address = EngineProcess.IsAvailable ? fixture.Engine.Address : new Uri("http://127.0.0.1:1"), Database = EngineFixture.NewDatabase() };
    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);
    private ClickHouseStateStore _store = null!;
    private ClickHouseQueryClient _client = null!;
    private LedgerLane _live = null!;
    private LedgerLane _replay = null!;

    private InMemoryEventLog Log => _live.Log;

    private FailureStore Failures => new(_objects);

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
    public async Task Nothing_is_named_while_everything_is_stored_or_on_its_way()
    {
        Log.Append(0, Record("a"));
        await _live.StoreAsync(commit: true);
        Log.Append(0, Record("a"));

        Assert.Empty(await ReadAsync());
    }

    [EngineFact]
    public async Task What_failed_names_its_batch_its_class_and_its_error_until_a_replay_stores_it()
    {
        Log.Append(0, Record("a"));
        Log.Append(0, Record("a"));
        Log.Append(0, Record("b"));
        Log.Append(1, Record("a"));
        await _live.StoreAsync(commit: true, failed: 1);

        // Two batches whose ranges overlap, as conversion and store make them of one batch, and a record that none holds.
        var first = await PutAsideAsync(record => record is { Partition: 0, Offset: 0 or 2 });
        var second = await PutAsideAsync(record => record is { Partition: 0, Offset: 1 });

        Assert.Equal(
            [
                ("a", 1, 1, ErrorClass.Poison, first), ("a", 1, 1, ErrorClass.Poison, second), ("a", 1, 1, null, null), ("b", 1L, 1L, (ErrorClass?)ErrorClass.Poison, (Guid?)first),
            ],
            (await ReadAsync()).Select(gap => (gap.ProjectId, gap.Records!.Value, gap.Events!.Value, gap.Class, gap.Source?.BatchId)).OrderBy(gap => gap.ProjectId).ThenBy(gap => gap.BatchId is null).ThenBy(gap => gap.BatchId == second));
        Assert.All(await ReadAsync(), gap => Assert.Equal((GapStage.Failed, "time_out_of_range", Minute, false), (gap.Stage, gap.Error, gap.Minute, gap.IsLoss)));

        foreach (var source in _live.Delivered)
        {
            _replay.Log.Append(0, Decode(source) with { Attempt = 1 });
        }

        Assert.Equal(4, (await ReadAsync()).Count);
        await _replay.StoreAsync(commit: true);
        Assert.Empty(await ReadAsync());
    }

    [EngineFact]
    public async Task A_damaged_batch_is_no_source()
    {
        Log.Append(0, Record("a"));
        Log.Append(0, Record("b"));
        Log.Append(0, Record("c"));
        await _live.StoreAsync(commit: true, failed: 3);
        await PutAsideAsync(record => record.Offset != 1);
        _objects.Tamper(_objects.Keys.Single(key => key.EndsWith(".gz", StringComparison.Ordinal)), [1, 2, 3]);

        Assert.All(await ReadAsync(), gap => Assert.True(gap.Source is null && gap.NoSource.Length > 0));
    }

    [EngineFact]
    public async Task What_was_committed_without_a_receipt_names_its_exact_offsets_in_pieces_until_a_replay_stores_it()
    {
        for (var i = 0; i < 2600; i++)
        {
            Log.Append(0, Record(i < 2000 ? "a" : "b"));
        }

        await ReportAsync("a", 2000 * EventsPerRecord);
        await ReportAsync("b", 600 * EventsPerRecord);
        await _live.StoreAsync(commit: true, skip: record => record.Offset is 7 or (>= 100 and < 2500));

        var gaps = await ReadAsync();

        Assert.Equal(
            [("a", 1L, "log:events/0/7-8"), ("a", 1000L, "log:events/0/100-1100"), ("a", 900L, "log:events/0/1100-2100"), ("b", 100L, "log:events/0/1100-2100"), ("b", 400L, "log:events/0/2100-2500")],
            gaps.OrderBy(gap => gap.Source!.FromOffset).Select(gap => (gap.ProjectId, gap.Records!.Value, gap.Source!.ToString())));
        Assert.All(gaps, gap => Assert.Equal((GapStage.Unstored, gap.Records * EventsPerRecord, Minute, true), (gap.Stage, gap.Events, gap.Minute, gap.IsLoss)));
        Assert.True((await LedgerAsync()).HasGap);

        foreach (var source in _live.Delivered.Where(record => record.Offset is 7 or (>= 100 and < 2500)))
        {
            _replay.Log.Append(1, Decode(source) with { Attempt = 1 });
        }

        await _replay.StoreAsync(commit: false);
        Assert.Empty(await ReadAsync());
        Assert.False((await LedgerAsync()).HasGap);
    }

    [EngineFact]
    public async Task What_the_log_no_longer_holds_comes_from_the_archive_or_from_nowhere()
    {
        for (var i = 0; i < 10; i++)
        {
            Log.Append(0, Record("a"));
        }

        await ReportAsync("a", 10 * EventsPerRecord);
        await _live.StoreAsync(commit: true, skip: record => record.Offset is >= 2 and < 8);
        await ArchiveAsync(0, 5);
        Log.Expire(0, 7);

        var gaps = await ReadAsync();

        Assert.Equal(
            [
                (GapStage.Unstored, "", 2L, null, null), (GapStage.Unstored, "a", 3L, 9L, "archive:events/0/2-5"), (GapStage.Unstored, "a", 1L, 3L, "log:events/0/7-8"), (GapStage.Unlogged, "a", null, (long?)6L, (string?)null),
            ],
            gaps.Select(gap => (gap.Stage, gap.ProjectId, gap.Records, gap.Events, gap.Source?.ToString())));
        Assert.Contains("offsets 5 to 7", gaps[0].Error, StringComparison.Ordinal);
        Assert.Contains("the 2 records of which nobody knows", gaps[3].NoSource, StringComparison.Ordinal);
    }

    [EngineFact]
    public async Task What_expired_unread_is_named_before_anybody_reads_on()
    {
        Log.Append(0, Record("a"));
        await _live.StoreAsync(commit: true);
        for (var i = 0; i < 4; i++)
        {
            Log.Append(0, Record("b"));
        }

        await ArchiveAsync(1, 3);
        Log.Expire(0, 4);

        Assert.Equal(
            [(GapStage.Expired, "", 1L, null), (GapStage.Expired, "b", 2L, "archive:events/0/1-3")],
            (await ReadAsync()).Select(gap => (gap.Stage, gap.ProjectId, gap.Records!.Value, gap.Source?.ToString())));
    }

    [EngineFact]
    public async Task What_a_gateway_acknowledged_and_nobody_holds_is_unlogged()
    {
        Log.Append(0, Record("a"));
        await _live.StoreAsync(commit: true);
        await ReportAsync("a", EventsPerRecord + 4);

        var gap = Assert.Single(await ReadAsync());

        Assert.Equal((GapStage.Unlogged, "a", Minute, 4L, true), (gap.Stage, gap.ProjectId, gap.Minute, gap.Events!.Value, gap.Source is null));
        Assert.Contains(Gateway, gap.Error, StringComparison.Ordinal);
    }

    private DateTimeOffset? Minute => UnixMicros.ToDateTimeOffset(UnixMicros.FloorToMinute(_now));

    private LedgerReader Ledger => new(_client, LogTail.Live(Log), LogTail.Replay(_replay.Log), new UnstoredReader(_client, Log, new ArchiveReader(_objects)));

    private static DateTimeOffset Since => TimeProvider.System.GetUtcNow().AddDays(-1);

    private Task<LedgerReport> LedgerAsync() => Ledger.ReadAsync(Since, CancellationToken.None);

    private Task<IReadOnlyList<Gap>> ReadAsync() => new GapReader(Ledger, new FailedRecordReader(_client), Failures, RowsAsync).ReadAsync(Since, CancellationToken.None);

    private async IAsyncEnumerable<FailedBatchRow> RowsAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in Failures.ListAsync(null, null, cancellationToken))
        {
            yield return new FailedBatchRow
            {
                Folder = entry.Folder,
                BatchId = entry.Manifest?.BatchId,
                State = FailedBatchState.Waiting,
                FailedAt = entry.Manifest?.FailedAt ?? default,
                Class = entry.Manifest?.Class,
                Manifest = entry.Manifest,
                Damage = entry.Damage,
                ReplayAttempts = 0,
                LastAttemptAt = null,
            };
        }
    }

    private async Task<Guid> PutAsideAsync(Func<BufferedRecord, bool> which)
    {
        var records = _live.Delivered.Where(which).Select(source => new FailedRecord
        {
            Topic = source.Topic,
            Partition = source.Partition,
            Offset = source.Offset,
            AppendedAtMicros = source.AppendedAtMicros,
            Headers = source.Headers,
            Value = source.Value,
            Decoded = Decode(source),
            Failures = [new RecordFailure(ErrorClass.Poison, "time_out_of_range", "field startTime")],
        });
        return (await Failures.WriteAsync(new FailedBatch(TopicNames.WriterGroup, ErrorClass.Poison, 0, "time_out_of_range", 1, _now, _now, [.. records]), CancellationToken.None)).BatchId;
    }

    private async Task ArchiveAsync(long from, long to)
    {
        var records = Log.Records().Where(record => record.Partition == 0 && record.Offset >= from && record.Offset < to)
            .Select(record => new ArchivedRecord(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value));
        await new ArchiveStore(_objects).WriteAsync([.. records], CancellationToken.None);
    }

    private static BufferRecord Decode(BufferedRecord source)
    {
        BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record);
        return record!;
    }

    private BufferRecord Record(string project) => new()
    {
        RecordId = Guid.CreateVersion7(),
        ProjectId = project,
        ReceivedAtMicros = _now,
        PayloadKind = PayloadKind.LangfuseEvents,
        EventCount = EventsPerRecord,
        InstanceId = Gateway,
        Payload = Encoding.UTF8.GetBytes("{}"),
    };

    private async Task ReportAsync(string project, long acknowledged)
    {
        var batch = new StateBatch();
        batch.Accounts.Add(new AccountReport(Gateway, 1, new GatewayAccount(project, UnixMicros.FloorToMinute(_now), acknowledged)));
        await LedgerLane.InsertAsync(_store, batch);
    }
}
