using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.ServiceDefaults.Metrics;

namespace Pipeline.Gateway.Tests;

public sealed partial class ServiceEndpointTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task Health_names_the_version() =>
        Assert.Matches("""^\{"status":"OK","version":"\d+\.\d+\.\d+"\}$""", await shared.Gateway.Client.GetStringAsync("/api/public/health"));

    [Fact]
    public async Task Projects_names_the_organisation_as_python_sdks_demand() =>
        Assert.Equal(
            """{"data":[{"id":"project-1","name":"Project one","organization":{"id":"org-1","name":"Organisation one"},"metadata":{}}]}""",
            await shared.Gateway.Client.GetStringAsync("/api/public/projects"));

    [Fact]
    public async Task An_unknown_route_is_404_json()
    {
        using var response = await shared.Gateway.Client.GetAsync("/api/public/nothing");

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("GET", Requests.Ingestion, "POST")]
    [InlineData("PUT", Requests.Traces, "POST")]
    [InlineData("POST", "/api/public/health", "GET")]
    public async Task A_wrong_method_is_405_with_the_right_one(string method, string path, string allowed)
    {
        using var response = await shared.Gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Contains("MethodNotAllowedError", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(allowed, Assert.Single(response.Content.Headers.Allow));
    }

    [Fact]
    public async Task A_preflight_allows_what_the_browser_asks_for()
    {
        var request = new HttpRequestMessage(HttpMethod.Options, Requests.Ingestion);
        request.Headers.Add("Origin", "https://app.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        using var response = await shared.Gateway.Client.SendAsync(request);

        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("authorization,content-type", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Otlp_metrics_are_refused_point_by_point_in_a_partial_success()
    {
        var json = """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"1"},{"asInt":"2"}]}}]}]}]}"""u8.ToArray();
        byte[] protobuf = [10, 10, 18, 8, 18, 6, 58, 4, 10, 0, 10, 0];

        using var asJson = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Metrics, json));
        using var asProtobuf = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Metrics, protobuf, "application/x-protobuf"));

        Assert.Contains("\"rejectedDataPoints\":\"2\"", await asJson.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("application/x-protobuf", asProtobuf.Content.Headers.ContentType!.MediaType);
        Assert.Equal([8, 2], (await asProtobuf.Content.ReadAsByteArrayAsync())[2..4]);
    }

    [Fact]
    public async Task Otlp_without_spans_is_200_in_the_encoding_of_the_request()
    {
        using var asJson = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Traces, "{}"u8.ToArray()));
        using var asProtobuf = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Traces, [], "application/x-protobuf"));

        Assert.Equal("{}", await asJson.Content.ReadAsStringAsync());
        Assert.Equal((200, 0L), ((int)asProtobuf.StatusCode, asProtobuf.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        using var post = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        using var response = await shared.Gateway.Client.GetAsync("/metrics");
        var text = await response.Content.ReadAsStringAsync();
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.All(lines, line => Assert.Matches(Line(), line));
        Assert.Contains(lines, line => line.StartsWith("pipeline_build_info{service=\"gateway\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("pipeline_gateway_requests_total{route=\"ingestion\",status=\"207\"}", StringComparison.Ordinal));
        Assert.Contains("# TYPE pipeline_gateway_request_duration_seconds histogram", lines);
        Assert.Contains(lines, line => line.StartsWith("pipeline_gateway_in_flight_bytes ", StringComparison.Ordinal));
        var families = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).ToList();
        Assert.Equal(families.Count, families.Distinct(StringComparer.Ordinal).Count());

        // Gateways of other tests in this process share the meter's name: one series is enough.
        var buckets = lines.Where(line => line.StartsWith("pipeline_gateway_append_duration_seconds_bucket", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture))
            .Take(HistogramBuckets.Seconds.Count + 1)
            .ToList();
        Assert.Equal(buckets.Order(), buckets);
        Assert.True(buckets[^1] >= 1);
    }

    [Fact]
    public async Task Every_answer_has_a_request_id_of_its_own()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var request = 0; request < 10; request++)
        {
            using var response = await shared.Gateway.Client.GetAsync("/api/public/health");
            ids.Add(Assert.Single(response.Headers.GetValues("x-request-id")));
        }

        Assert.Equal(10, ids.Count);
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? (\+Inf|NaN|-?[0-9.E+-]+))$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
