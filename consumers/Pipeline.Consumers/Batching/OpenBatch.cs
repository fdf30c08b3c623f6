using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Consumers.Converting;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Batching;

/// <summary>The batch being filled: folds what records say, keeps a receipt for each, and remembers how far it read. Not thread-safe.</summary>
internal sealed class OpenBatch : IStateSink
{
    private const string MalformedRecord = "malformed_record";
    private const string MalformedAccounts = "malformed_accounts";

    private readonly RecordConverter _converter = new();
    private readonly StateFold _fold = new();
    private readonly Dictionary<int, long> _nextOffsets = [];
    private Dictionary<int, long> _appendedAtMicros = [];
    private StateBatch _batch = new();
    private List<BufferedRecord> _records = [];
    private int _events;
    private long _bytes;
    private long _metadataBytes;
    private long _oldestReceivedAtMicros = long.MaxValue;

    /// <summary>How much it holds now.</summary>
    internal BatchSize Size => new(_records.Count, _events, _fold.Count, _fold.Count + _batch.RowCount, _bytes, _metadataBytes);

    internal bool IsEmpty => _records.Count == 0;

    /// <summary>Takes one record as read.</summary>
    /// <exception cref="UnreadableRecordException">A newer version wrote it: this build must not guess and not pass by.</exception>
    internal void Add(BufferedRecord source)
    {
        switch (BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record))
        {
            case RecordDecodeOutcome.Decoded:
                Add(record!, source);
                break;
            case RecordDecodeOutcome.UnsupportedVersion:
                throw new UnreadableRecordException(
                    $"record {source.Topic}/{source.Partition}/{source.Offset} has schema version {source.Headers.SchemaVersion ?? "unknown"}, "
                    + $"this build reads up to {SchemaVersion.Current.Major}.x: upgrade the consumers before the gateways");
            default:
                AddMalformed(source, null, MalformedRecord, "the bytes are no record");
                break;
        }

        _records.Add(source);
        _bytes += source.Value.Length;
        _nextOffsets[source.Partition] = source.Offset + 1;
        _appendedAtMicros[source.Partition] = source.AppendedAtMicros > 0 ? source.AppendedAtMicros : record?.ReceivedAtMicros ?? 0;
    }

    /// <summary>Hands out everything taken so far and starts empty again.</summary>
    internal CutBatch Cut()
    {
        var size = Size;
        _fold.DrainInto(_batch);
        var nextOffsets = new PartitionOffset[_nextOffsets.Count];
        var index = 0;
        foreach (var next in _nextOffsets)
        {
            nextOffsets[index++] = new PartitionOffset(next.Key, next.Value);
        }

        var summary = new BatchSummary(size, _records, nextOffsets, _appendedAtMicros, _batch.Rejected, _oldestReceivedAtMicros);
        var cut = new CutBatch(_batch, summary);

        // The fold is kept: its tables are large, and every batch needs them about as large again.
        _batch = new StateBatch();
        _records = [];
        _appendedAtMicros = [];
        _nextOffsets.Clear();
        (_events, _bytes, _metadataBytes, _oldestReceivedAtMicros) = (0, 0, 0, long.MaxValue);
        return cut;
    }

    void IStateSink.Add(ObservationState observation)
    {
        Count(observation.Metadata);
        _fold.Add(observation);
    }

    void IStateSink.Add(TraceState trace)
    {
        Count(trace.Metadata);
        _fold.Add(trace);
    }

    void IStateSink.Add(ScoreState score) => _fold.Add(score);

    void IStateSink.Reject(RejectedEvent rejected) => _batch.Rejected.Add(rejected);

    // A resource stands once in its record and once in the row of each of its spans: a small record may become a large insert.
    private void Count(MetadataEntries metadata)
    {
        foreach (ref readonly var entry in metadata.Span)
        {
            _metadataBytes += entry.Value.Length;
        }
    }

    private void Add(BufferRecord record, BufferedRecord source)
    {
        _oldestReceivedAtMicros = Math.Min(_oldestReceivedAtMicros, record.ReceivedAtMicros);
        if (record.PayloadKind == PayloadKind.GatewayAccounts)
        {
            AddAccounts(record, source);
            return;
        }

        var result = _converter.Convert(record, source, this);
        _events += result.Stored + result.Failed;
        _batch.Receipts.Add(ReceiptOf(record, source, result));
    }

    private void AddAccounts(BufferRecord record, BufferedRecord source)
    {
        if (GatewayAccountsCodec.TryDecode(record.Payload.Span) is not { } report)
        {
            AddMalformed(source, record, MalformedAccounts, "the payload is no GatewayAccounts message");
            return;
        }

        foreach (var account in report.Accounts)
        {
            _batch.Accounts.Add(new AccountReport(report.InstanceId, report.Sequence, account));
        }

        _batch.Receipts.Add(ReceiptOf(record, source, new ConversionResult(0, 0, [], [], [])));
    }

    // Without a readable id the receipt's derives from where the record lies, so that reading it again gives the same one.
    private void AddMalformed(BufferedRecord source, BufferRecord? record, string reason, string detail)
    {
        var recordId = record?.RecordId ?? new Guid(UuidV5.Derive(
            source.Topic, source.Partition.ToString(CultureInfo.InvariantCulture), source.Offset.ToString(CultureInfo.InvariantCulture)));
        _batch.Rejected.Add(new RejectedEvent(
            recordId, record?.ProjectId ?? "", source.Topic, source.Partition, source.Offset, -1, reason, detail));
        _batch.Receipts.Add(new Receipt
        {
            RecordId = recordId,
            ProjectId = record?.ProjectId ?? "",
            RequestId = record?.RequestId ?? "",
            InstanceId = record?.InstanceId ?? "",
            ReceivedAtMicros = record?.ReceivedAtMicros ?? source.AppendedAtMicros,
            Topic = source.Topic,
            Partition = source.Partition,
            Offset = source.Offset,
            Attempt = record?.Attempt ?? 0,
            PayloadKind = record?.PayloadKind ?? PayloadKind.None,
            Accepted = 1,
            Stored = 0,
            Failed = 1,
            EventHashes = [],
            EntityHashes = [],
            TraceHashes = [],
        });
        _events++;
    }

    private static Receipt ReceiptOf(BufferRecord record, BufferedRecord source, ConversionResult result) => new()
    {
        RecordId = record.RecordId,
        ProjectId = record.ProjectId,
        RequestId = record.RequestId,
        InstanceId = record.InstanceId,
        ReceivedAtMicros = record.ReceivedAtMicros,
        Topic = source.Topic,
        Partition = source.Partition,
        Offset = source.Offset,
        Attempt = record.Attempt,
        PayloadKind = record.PayloadKind,
        Accepted = record.EventCount,
        Stored = result.Stored,
        Failed = result.Failed,
        EventHashes = result.EventHashes,
        EntityHashes = result.EntityHashes,
        TraceHashes = result.TraceHashes,
    };
}
