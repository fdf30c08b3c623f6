using Pipeline.Buffer;
using Pipeline.Consumers.Converting;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Batching;

/// <summary>The batch being filled: folds what records say, keeps a receipt for each, and remembers how far it read. Not thread-safe.</summary>
internal sealed class OpenBatch : IStateSink
{
    private readonly RecordConverter _converter = new();
    private readonly Dictionary<int, long> _nextOffsets = [];
    private StateFold _fold = new();
    private StateBatch _batch = new();

    internal int Records { get; private set; }

    internal int Events { get; private set; }

    internal long Bytes { get; private set; }

    /// <summary>Earliest received-at of its records, for the freshness metric.</summary>
    internal long OldestReceivedAtMicros { get; private set; } = long.MaxValue;

    internal bool IsEmpty => Records == 0;

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
                    $"record {source.Topic}/{source.Partition}/{source.Offset} has schema version {source.Headers.SchemaVersion}, "
                    + $"this build reads up to {SchemaVersion.Current.Major}.x: upgrade the consumers before the gateways");
            default:
                AddMalformed(source, "malformed_record", "the bytes are no record");
                break;
        }

        Records++;
        Bytes += source.Value.Length;
        _nextOffsets[source.Partition] = source.Offset + 1;
    }

    /// <summary>Hands out everything taken so far and starts empty again.</summary>
    internal CutBatch Cut()
    {
        _fold.DrainInto(_batch);
        var cut = new CutBatch(
            _batch,
            [.. _nextOffsets.Select(next => new PartitionOffset(next.Key, next.Value))],
            Records,
            Events,
            Bytes,
            OldestReceivedAtMicros);
        _fold = new StateFold();
        _batch = new StateBatch();
        _nextOffsets.Clear();
        (Records, Events, Bytes, OldestReceivedAtMicros) = (0, 0, 0, long.MaxValue);
        return cut;
    }

    void IStateSink.Add(ObservationState observation) => _fold.Add(observation);

    void IStateSink.Add(TraceState trace) => _fold.Add(trace);

    void IStateSink.Add(ScoreState score) => _fold.Add(score);

    void IStateSink.Reject(RejectedEvent rejected) => _batch.Rejected.Add(rejected);

    private void Add(BufferRecord record, BufferedRecord source)
    {
        OldestReceivedAtMicros = Math.Min(OldestReceivedAtMicros, record.ReceivedAtMicros);
        if (record.PayloadKind == PayloadKind.GatewayAccounts)
        {
            AddAccounts(record, source);
            return;
        }

        var result = _converter.Convert(record, source, this);
        Events += result.Stored + result.Failed;
        _batch.Receipts.Add(ReceiptOf(record, source, result));
    }

    private void AddAccounts(BufferRecord record, BufferedRecord source)
    {
        if (GatewayAccountsCodec.TryDecode(record.Payload.Span) is not { } report)
        {
            AddMalformed(source, "malformed_accounts", "the payload is no GatewayAccounts message");
            return;
        }

        foreach (var account in report.Accounts)
        {
            _batch.Accounts.Add(new AccountReport(report.InstanceId, report.Sequence, account));
        }

        _batch.Receipts.Add(ReceiptOf(record, source, new ConversionResult(0, 0, [], [], [])));
    }

    // Its receipt has an id derived from where it lies, so that reading it again gives the same one.
    private void AddMalformed(BufferedRecord source, string reason, string detail)
    {
        var recordId = new Guid(Schemas.Ids.UuidV5.Derive(source.Topic, source.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture), source.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        _batch.Rejected.Add(new RejectedEvent(recordId, "", source.Topic, source.Partition, source.Offset, -1, reason, detail, new Utf8Text(source.Value)));
        _batch.Receipts.Add(new Receipt
        {
            RecordId = recordId,
            ProjectId = "",
            RequestId = "",
            ReceivedAtMicros = source.AppendedAtMicros,
            Topic = source.Topic,
            Partition = source.Partition,
            Offset = source.Offset,
            Attempt = 0,
            PayloadKind = PayloadKind.None,
            Accepted = 1,
            Stored = 0,
            Failed = 1,
            EventHashes = [],
            EntityHashes = [],
            TraceHashes = [],
        });
        Events++;
    }

    private static Receipt ReceiptOf(BufferRecord record, BufferedRecord source, ConversionResult result) => new()
    {
        RecordId = record.RecordId,
        ProjectId = record.ProjectId,
        RequestId = record.RequestId,
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
