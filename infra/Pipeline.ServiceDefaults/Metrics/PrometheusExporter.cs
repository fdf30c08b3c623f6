using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Pipeline.ServiceDefaults.Metrics;

/// <summary>Writes collected metrics as Prometheus text, version 0.0.4.</summary>
/// <remarks>Called by the reader, one collection at a time. Metrics of one exposed name stand together under one header, as the format demands.</remarks>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    internal StringBuilder Text { get; } = new();

    /// <summary>Set by the reader: collects every meter now.</summary>
    public Func<int, bool>? Collect { get; set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<(string Name, Metric Metric)>();
        foreach (var metric in batch)
        {
            metrics.Add((PrometheusNameRule.NameOf(metric), metric));
        }

        metrics.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        var previous = "";
        foreach (var (name, metric) in metrics)
        {
            if (name != previous)
            {
                Text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
                Text.Append("# TYPE ").Append(name).Append(' ').Append(PrometheusNameRule.TypeOf(metric)).Append('\n');
                previous = name;
            }

            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                WritePoint(name, metric, in point);
            }
        }

        return ExportResult.Success;
    }

    private void WritePoint(string name, Metric metric, in MetricPoint point)
    {
        var labels = LabelsOf(in point);
        switch (metric.MetricType)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                WriteSample(name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                WriteSample(name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                WriteSample(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                WriteSample(name, labels, point.GetGaugeLastValueDouble());
                break;
            default:
                WriteHistogram(name, labels, in point);
                break;
        }
    }

    private void WriteHistogram(string name, string labels, in MetricPoint point)
    {
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : bucket.ExplicitBound.ToString(CultureInfo.InvariantCulture);
            WriteSample(name + "_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", cumulative);
        }

        WriteSample(name + "_sum", labels, point.GetHistogramSum());
        WriteSample(name + "_count", labels, point.GetHistogramCount());
    }

    private void WriteSample(string name, string labels, double value)
    {
        Text.Append(name);
        if (labels.Length > 0)
        {
            Text.Append('{').Append(labels).Append('}');
        }

        Text.Append(' ').Append(SpellingOf(value)).Append('\n');
    }

    private static string SpellingOf(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string LabelsOf(in MetricPoint point)
    {
        var labels = new StringBuilder();
        foreach (var tag in point.Tags)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(PrometheusNameRule.Sanitize(tag.Key)).Append("=\"");
            foreach (var character in Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")
            {
                _ = character switch
                {
                    '\\' => labels.Append(@"\\"),
                    '"' => labels.Append("\\\""),
                    '\n' => labels.Append("\\n"),
                    _ => labels.Append(character),
                };
            }

            labels.Append('"');
        }

        return labels.ToString();
    }
}
