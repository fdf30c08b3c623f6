using System.Diagnostics.Metrics;
using Pipeline.ServiceDefaults.Metrics;
using Pipeline.Storage.Archiving;

namespace Pipeline.Consumers.Archiving;

/// <summary>Metrics of the archive beside those of every consumer: lag, activity, what expired unread.</summary>
internal sealed class ArchiveMetrics
{
    private readonly Counter<long> _objects;
    private readonly Counter<long> _records;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;

    public ArchiveMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ConsumerMetrics.MeterName);
        _objects = meter.CreateCounter<long>("pipeline.archive.objects", "{object}", "Objects that are archived and were read back.");
        _records = meter.CreateCounter<long>("pipeline.archive.records", "{record}", "Records in them; those that were archived twice count twice.");
        _bytes = meter.CreateCounter<long>("pipeline.archive.size", "By", "Bytes of the objects.");
        _failures = meter.CreateCounter<long>("pipeline.archive.failures", "{attempt}", "Attempts that the object store did not confirm.");
        _duration = meter.CreateHistogram(
            "pipeline.archive.duration", "s", "Time to pack, store and read back an object.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = HistogramBuckets.Seconds });
    }

    internal void Archived(ArchiveManifest manifest, TimeSpan duration)
    {
        _objects.Add(1);
        _records.Add(manifest.Records);
        _bytes.Add(manifest.ObjectBytes);
        _duration.Record(duration.TotalSeconds);
    }

    internal void Refused() => _failures.Add(1);
}
