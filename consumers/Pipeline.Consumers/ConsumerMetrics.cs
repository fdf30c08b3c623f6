using System.Diagnostics.Metrics;
using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Converting;
using Pipeline.Consumers.Pressure;
using Pipeline.Consumers.Reading;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults.Metrics;
using Pipeline.Storage;
using Pipeline.Storage.Failures;

namespace Pipeline.Consumers;

/// <summary>Every metric of the consumers: name, unit and meaning in one place.</summary>
/// <remarks>Counted once per batch, never per event. No label names a project or an id.</remarks>
internal sealed class ConsumerMetrics
{
    internal const string MeterName = "Pipeline.Consumers";

    private static readonly long[] RowBounds = [1, 10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000];
    private static readonly double[] RatioBounds = [0.5, 1, 1.25, 1.5, 2, 3, 5, 10, 50, 100];

    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Counter<long> _events;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _inserts;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _trimmed;
    private readonly Counter<long> _trimFailures;
    private readonly Counter<long> _failedBatches;
    private readonly Counter<long> _failedRecords;
    private readonly Histogram<double> _insertDuration;
    private readonly Histogram<double> _prepareDuration;
    private readonly Histogram<double> _freshness;
    private readonly Histogram<long> _batchBytes;
    private readonly Histogram<long> _batchRows;
    private readonly Histogram<double> _foldRatio;

    public ConsumerMetrics(IMeterFactory meters, WriterProgress progress, UnreadExpiry expiry, TimeProvider clock)
    {
        var meter = _meter = meters.Create(MeterName);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = HistogramBuckets.Seconds };
        var bytes = new InstrumentAdvice<long> { HistogramBucketBoundaries = [.. HistogramBuckets.Bytes.Select(bound => (long)bound)] };
        _records = meter.CreateCounter<long>("pipeline.consumer.records.stored", "{record}", "Records whose events are stored.");
        _events = meter.CreateCounter<long>("pipeline.consumer.events.stored", "{event}", "Events and spans that are stored.");
        _rejected = meter.CreateCounter<long>("pipeline.consumer.events.rejected", "{event}", "Accepted events that could not become states, by reason; they are kept.");
        _rows = meter.CreateCounter<long>("pipeline.consumer.rows.prepared", "{row}", "Rows encoded for the store, after folding.");
        _inserts = meter.CreateCounter<long>("pipeline.consumer.inserts", "{insert}", "Attempts to store a batch, by outcome.");
        _commits = meter.CreateCounter<long>("pipeline.consumer.commits", "{commit}", "Commits of offsets, by outcome.");
        _trimmed = meter.CreateCounter<long>("pipeline.consumer.log.trimmed", "{record}", "Records that the retention deleted from a log that does not trim itself.");
        _trimFailures = meter.CreateCounter<long>("pipeline.consumer.log.trim.failures", "{run}", "Runs of the retention that the log did not answer.");
        _failedBatches = meter.CreateCounter<long>("pipeline.consumer.failed.batches", "{batch}", "Batches put aside in the failure store, by class.");
        _failedRecords = meter.CreateCounter<long>("pipeline.consumer.failed.records", "{record}", "Records in them.");
        _insertDuration = meter.CreateHistogram("pipeline.consumer.insert.duration", "s", "Time of one attempt to store a batch.", advice: seconds);
        _prepareDuration = meter.CreateHistogram("pipeline.consumer.prepare.duration", "s", "Time to encode a batch.", advice: seconds);
        _freshness = meter.CreateHistogram("pipeline.consumer.freshness", "s", "Time from a gateway's receipt to the store's confirmation, for the oldest event of a batch.", advice: seconds);
        _batchBytes = meter.CreateHistogram("pipeline.consumer.batch.size", "By", "Bytes of the records of a batch.", advice: bytes);
        _batchRows = meter.CreateHistogram("pipeline.consumer.batch.rows", "{row}", "Rows of a batch over all tables.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = RowBounds });
        _foldRatio = meter.CreateHistogram("pipeline.consumer.fold.ratio", "1", "Events per entity row of a batch: what folding saved.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = RatioBounds });
        Observe(meter, progress, clock);
        ObserveExpiry(meter, expiry);
        ObservePressure(meter, progress.Pressure);
    }

    private static void Observe(Meter meter, WriterProgress progress, TimeProvider clock)
    {
        meter.CreateObservableGauge("pipeline.consumer.lag.records", () => LagOf(progress, static lag => lag.Records), "{record}", "Records not committed by the group, by partition.");
        meter.CreateObservableGauge("pipeline.consumer.lag.age", () => LagOf(progress, static lag => lag.Age.TotalSeconds), "s", "At most this long ago the oldest record that is not committed was appended, by partition.");
        meter.CreateObservableGauge(
            "pipeline.consumer.stored.age", () => (UnixMicros.Now(clock) - progress.LastStoredAtMicros) / (double)UnixMicros.PerSecond, "s", "Time since a batch was stored; it grows while idle too.");
        meter.CreateObservableGauge("pipeline.consumer.lag.known", () => progress.IsLagKnown ? 1 : 0, description: "Whether the lag could be looked up; while 0, the lag shown is the last one known.");
        meter.CreateObservableGauge(
            "pipeline.consumer.failed.loss.countdown", () => FailedCountdownOf(progress, clock), "s", "Time until the object store deletes the oldest failed batch that waits for its replay; absent when none waits.");
        meter.CreateObservableGauge("pipeline.consumer.activity", () => ActivityOf(progress), description: "1 for what the writer does now, 0 for the others.");
    }

    // No countdown where nothing is unread or nothing expires: a large number would only hide which it is.
    private static void ObserveExpiry(Meter meter, UnreadExpiry expiry)
    {
        meter.CreateObservableGauge(
            "pipeline.consumer.loss.countdown",
            () => expiry.Countdowns.Select(countdown => new Measurement<double>(countdown.Left.TotalSeconds, new KeyValuePair<string, object?>("partition", countdown.Partition))),
            "s",
            "Time until the oldest record that the group has not read may be deleted from the log, by partition; absent where nothing is unread or nothing expires.");
        meter.CreateObservableCounter(
            "pipeline.consumer.records.expired.unread",
            () => expiry.Expired.Select(expired => new Measurement<long>(expired.Records, new KeyValuePair<string, object?>("partition", expired.Partition))),
            "{record}",
            "Records that the log deleted before the group read them, by partition. Anything but 0 is a loss.");
    }

    private static void ObservePressure(Meter meter, PressureGauge pressure)
    {
        meter.CreateObservableGauge(
            "pipeline.consumer.store.pressure",
            () => pressure.Seen is { } seen ? [new Measurement<double>(seen.Parts)] : Array.Empty<Measurement<double>>(),
            description: "Most active parts of any partition of the store as a share of the number from which on it delays inserts; absent while unknown.");
        meter.CreateObservableGauge(
            "pipeline.consumer.store.active.parts",
            () => pressure.Seen is { } seen ? [new Measurement<int>(seen.MostActiveParts)] : Array.Empty<Measurement<int>>(),
            "{part}",
            "Most active parts of any partition of the store; absent while unknown.");
    }

    private static IEnumerable<Measurement<double>> FailedCountdownOf(WriterProgress progress, TimeProvider clock) =>
        progress.FailedBatchesExpireAt is { } at ? [new Measurement<double>((at - clock.GetUtcNow()).TotalSeconds)] : [];

    // Every state each time: a series that is no longer reported keeps its last value.
    private static IEnumerable<Measurement<int>> ActivityOf(WriterProgress progress)
    {
        var now = progress.Activity;
        foreach (var state in WriterProgress.Activities)
        {
            yield return new Measurement<int>(state == now ? 1 : 0, new KeyValuePair<string, object?>("state", state));
        }
    }

    private static IEnumerable<Measurement<T>> LagOf<T>(WriterProgress progress, Func<PartitionLag, T> value)
        where T : struct
    {
        foreach (var lag in progress.Lag)
        {
            yield return new Measurement<T>(value(lag), new KeyValuePair<string, object?>("partition", lag.Partition));
        }
    }

    internal void BatchPrepared(BatchSummary batch, IPreparedBatch prepared, TimeSpan duration)
    {
        _rows.Add(prepared.RowCount);
        _batchRows.Record(prepared.RowCount);
        _batchBytes.Record(batch.Size.Bytes);
        if (batch.Size.States > 0)
        {
            _foldRatio.Record(batch.Size.Events / (double)batch.Size.States);
        }

        _prepareDuration.Record(duration.TotalSeconds);
    }

    internal void InsertFinished(InsertOutcome outcome, TimeSpan duration)
    {
        _inserts.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        _insertDuration.Record(duration.TotalSeconds);
    }

    /// <summary>Shows also what the member of the replay lane does; it is not part of what the consumer does.</summary>
    internal void ShowReplay(WriterProgress replay) =>
        _meter.CreateObservableGauge("pipeline.consumer.replay.activity", () => ActivityOf(replay), description: "1 for what the member of the replay lane does now, 0 for the others.");

    /// <summary>A batch is worked off.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="refused">Events of it that the store refused.</param>
    /// <param name="lane">Which way its records took: those of a replay say nothing about freshness.</param>
    /// <param name="nowMicros">Now.</param>
    internal void BatchStored(BatchSummary batch, int refused, RecordLane lane, long nowMicros)
    {
        _records.Add(batch.Size.Records);
        _events.Add(batch.Size.Events - batch.Rejected.Count - refused);
        foreach (var rejected in batch.Rejected.CountBy(rejected => rejected.Reason, StringComparer.Ordinal))
        {
            _rejected.Add(rejected.Value, new KeyValuePair<string, object?>("reason", rejected.Key));
        }

        if (refused > 0)
        {
            _rejected.Add(refused, new KeyValuePair<string, object?>("reason", RejectReasons.RefusedRow));
        }

        if (lane == RecordLane.Live && batch.OldestReceivedAtMicros != long.MaxValue)
        {
            _freshness.Record(Math.Max(0, nowMicros - batch.OldestReceivedAtMicros) / (double)UnixMicros.PerSecond);
        }
    }

    internal void BatchPutAside(FailedBatchManifest manifest)
    {
        _failedBatches.Add(1, new KeyValuePair<string, object?>("class", manifest.Class.ToString()));
        _failedRecords.Add(manifest.Records, new KeyValuePair<string, object?>("class", manifest.Class.ToString()));
    }

    internal void LogTrimmed(RetentionReport report) => _trimmed.Add(report.Deleted);

    internal void LogNotTrimmed() => _trimFailures.Add(1);

    internal void OffsetsCommitted(CommitOutcome outcome) => _commits.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
