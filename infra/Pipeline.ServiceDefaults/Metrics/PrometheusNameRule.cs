using OpenTelemetry.Metrics;

namespace Pipeline.ServiceDefaults.Metrics;

/// <summary>Turns an instrument's name and unit into a Prometheus name: base unit as suffix, <c>_total</c> on counters.</summary>
internal static class PrometheusNameRule
{
    internal static string NameOf(Metric metric)
    {
        var name = Sanitize(metric.Name);
        var unit = metric.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" when metric.MetricType.IsSum() is false => "_ratio",
            _ => "",
        };
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal))
        {
            name += unit;
        }

        return IsCounter(metric) && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    internal static string TypeOf(Metric metric) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    /// <summary>Replaces what a metric or label name must not contain.</summary>
    internal static string Sanitize(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (var index = 0; index < span.Length; index++)
        {
            var character = source[index];
            span[index] = char.IsAsciiLetterOrDigit(character) || character == '_' ? character : '_';
        }
    });

    private static bool IsCounter(Metric metric) => metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
}
