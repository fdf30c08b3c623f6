using System.Diagnostics.Metrics;
using System.Text;
using Pipeline.ServiceDefaults.Metrics;

namespace Pipeline.ServiceDefaults.Tests.Metrics;

public sealed class ServiceTelemetryTests : IDisposable
{
    private readonly Meter _meter = new("test." + Guid.NewGuid().ToString("N"));
    private readonly ServiceTelemetry _telemetry;

    public ServiceTelemetryTests() => _telemetry = new ServiceTelemetry(ServiceIdentity.Of("tested", typeof(ServiceTelemetryTests).Assembly), _meter.Name);

    public void Dispose()
    {
        _telemetry.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_counter_is_a_total_with_its_labels_escaped()
    {
        var counter = _meter.CreateCounter<long>("app.requests", "{request}", "Requests \\ by\nroute.");
        counter.Add(2, new KeyValuePair<string, object?>("route.name", "/a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("route.name", "/a\"b\\c\nd"));

        var lines = await ScrapeAsync();

        Assert.Contains(@"# HELP app_requests_total Requests \\ by\nroute.", lines);
        Assert.Contains("# TYPE app_requests_total counter", lines);
        Assert.Contains(@"app_requests_total{route_name=""/a\""b\\c\nd""} 5", lines);
    }

    [Fact]
    public async Task A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var histogram = _meter.CreateHistogram("app.duration", "s", "Time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var seconds in new[] { 0.5, 1.5, 1.75, 9 })
        {
            histogram.Record(seconds);
        }

        var lines = await ScrapeAsync();

        Assert.Equal(
            ["app_duration_seconds_bucket{le=\"1\"} 1", "app_duration_seconds_bucket{le=\"2\"} 3", "app_duration_seconds_bucket{le=\"+Inf\"} 4", "app_duration_seconds_sum 12.75", "app_duration_seconds_count 4"],
            lines.Where(line => line.StartsWith("app_duration", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_gauge_shows_what_it_is_now_and_odd_numbers_in_the_formats_spelling()
    {
        var value = 1.5;
        _meter.CreateObservableGauge("app.level", () => value, "By", "Level.");

        Assert.Contains("app_level_bytes 1.5", await ScrapeAsync());
        value = double.NegativeInfinity;
        Assert.Contains("app_level_bytes -Inf", await ScrapeAsync());
        value = double.PositiveInfinity;
        Assert.Contains("app_level_bytes +Inf", await ScrapeAsync());
        value = double.NaN;
        Assert.Contains("app_level_bytes NaN", await ScrapeAsync());
    }

    [Fact]
    public async Task The_build_and_the_runtime_are_always_there_and_no_name_has_two_headers()
    {
        var lines = await ScrapeAsync();

        Assert.Single(lines, line => line.StartsWith("pipeline_build_info{service=\"tested\",", StringComparison.Ordinal) && line.EndsWith("} 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_", StringComparison.Ordinal));
        var headers = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
        Assert.Equal(headers.Distinct(StringComparer.Ordinal), headers);
    }

    private async Task<string[]> ScrapeAsync() => Encoding.UTF8.GetString(await _telemetry.ScrapeAsync(CancellationToken.None)).Split('\n');
}
