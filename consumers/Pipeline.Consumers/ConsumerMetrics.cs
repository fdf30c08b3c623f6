using System.Diagnostics.Metrics;
using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Schemas;
using Pipeline.ServiceDefaults.Metrics;
using Pipeline.Storage;

namespace Pipeline.Consumers;

/// <summary>Every metric of the consumers: name, unit and meaning in one place.</summary>
/// <remarks>Counted once per batch, never per event. No label names a project or an id.</remarks>
internal sealed class ConsumerMetrics
{
    internal const string MeterName = "Pipeline.Consumers";

    private readonly Counter<long> _records;
    private readonly Counter<long> _events;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _inserts;
    private readonly Counter<long> _commits;
    private readonly Histogram<double> _insertDuration;
    private readonly Histogram<double> _prepareDuration;
    private readonly Histogram<double> _freshness;
    private readonly Histogram<long> _batchBytes;

    public ConsumerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = HistogramBuckets.Seconds };
        var bytes = new InstrumentAdvice<long> { HistogramBucketBoundaries = [.. HistogramBuckets.Bytes.Select(bound => (long)bound)] };
        _records = meter.CreateCounter<long>("pipeline.consumer.records.stored", "{record}", "Records whose events are stored.");
        _events = meter.CreateCounter<long>("pipeline.consumer.events.stored", "{event}", "Events and spans that are stored.");
        _rejected = meter.CreateCounter<long>("pipeline.consumer.events.rejected", "{event}", "Accepted events that could not become states, by reason; they are kept.");
        _rows = meter.CreateCounter<long>("pipeline.consumer.rows.prepared", "{row}", "Rows encoded for the store, after folding.");
        _inserts = meter.CreateCounter<long>("pipeline.consumer.inserts", "{insert}", "Attempts to store a batch, by outcome.");
        _commits = meter.CreateCounter<long>("pipeline.consumer.commits", "{commit}", "Commits of offsets, by outcome.");
        _insertDuration = meter.CreateHistogram("pipeline.consumer.insert.duration", "s", "Time of one attempt to store a batch.", advice: seconds);
        _prepareDuration = meter.CreateHistogram("pipeline.consumer.prepare.duration", "s", "Time to encode a batch.", advice: seconds);
        _freshness = meter.CreateHistogram("pipeline.consumer.freshness", "s", "Time from a gateway's receipt to the store's confirmation, for the oldest event of a batch.", advice: seconds);
        _batchBytes = meter.CreateHistogram("pipeline.consumer.batch.size", "By", "Bytes of the records of a batch.", advice: bytes);
    }

    internal void BatchPrepared(CutBatch batch, IPreparedBatch prepared, TimeSpan duration)
    {
        _rows.Add(prepared.RowCount);
        _batchBytes.Record(batch.Bytes);
        _prepareDuration.Record(duration.TotalSeconds);
    }

    internal void InsertFinished(InsertOutcome outcome, TimeSpan duration, IPreparedBatch prepared)
    {
        _inserts.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        _insertDuration.Record(duration.TotalSeconds);
    }

    internal void BatchStored(CutBatch batch, long nowMicros)
    {
        _records.Add(batch.Records);
        _events.Add(batch.Events - batch.States.Rejected.Count);
        foreach (var rejected in batch.States.Rejected)
        {
            _rejected.Add(1, new KeyValuePair<string, object?>("reason", rejected.Reason));
        }

        if (batch.OldestReceivedAtMicros != long.MaxValue)
        {
            _freshness.Record(Math.Max(0, nowMicros - batch.OldestReceivedAtMicros) / (double)UnixMicros.PerSecond);
        }
    }

    internal void OffsetsCommitted(CommitOutcome outcome) => _commits.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
