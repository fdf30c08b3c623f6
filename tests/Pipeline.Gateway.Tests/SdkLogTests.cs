using System.Text;
using Microsoft.Extensions.Logging;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests;

/// <summary>What a request leaves in log and metrics besides its records.</summary>
public sealed class SdkLogTests
{
    private const int SdkLogReceived = 1010;

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("{\n\"log\":\r\n\"x\u0085\u2028\u2029\"}", "{ \"log\":  \"x   \"}")]
    public void Text_stays_on_one_line(string json, string expected) => Assert.Equal(expected, SdkLogText.Of(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData(SdkLogText.MaxBytes - 1)]
    [InlineData(SdkLogText.MaxBytes)]
    [InlineData(SdkLogText.MaxBytes - 3)]
    public void Text_is_cut_between_characters(int lead)
    {
        var text = SdkLogText.Of(Encoding.UTF8.GetBytes(new string('a', lead) + "\U0001F600\U0001F600"));

        Assert.Equal(new string('a', lead), text);
    }

    [Fact]
    public async Task Messages_of_client_libraries_are_counted_and_the_first_of_a_request_is_logged()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var lines = new KeptLines(SdkLogReceived);
        ((ILoggerFactory)gateway.Host.Services.GetService(typeof(ILoggerFactory))!).AddProvider(lines);
        var before = await ReadAsync(gateway, "pipeline_gateway_sdk_logs_total");
        var batch = Requests.Batch(
            Requests.Event("l1", """{"log":{"level":"error","message":"first"}}""", "sdk-log"), Requests.Event("e"), Requests.Event("l2", """{"log":"second"}""", "sdk-log"));

        using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, batch));

        Assert.Equal("""{"successes":[{"id":"e","status":201}],"errors":[]}""", await response.Content.ReadAsStringAsync());
        var line = Assert.Single(lines.All);
        Assert.Contains("""2 messages of its client library, the first: {"log":{"level":"error","message":"first"}}""", line, StringComparison.Ordinal);
        Assert.InRange(await ReadAsync(gateway, "pipeline_gateway_sdk_logs_total") - before, 2, double.MaxValue);
    }

    [Theory]
    [InlineData(Requests.Ingestion, "ingestion", "{\"batch\":[],\"metadata\":\"#\"}")]
    [InlineData(Requests.Traces, "otlp_traces", "{\"#\":1}")]
    public async Task Repaired_bodies_are_counted(string path, string route, string json)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var body = Encoding.UTF8.GetBytes(json);
        body[body.AsSpan().IndexOf((byte)'#')] = 0xFF;
        var series = $"pipeline_gateway_bodies_repaired_total{{route=\"{route}\"}}";
        var before = await ReadAsync(gateway, series);

        using var response = await gateway.Client.SendAsync(Requests.Post(path, body));

        Assert.True(response.IsSuccessStatusCode);
        await Eventually.IsTrueAsync(async () => await ReadAsync(gateway, series) - before >= 1, $"{series} to grow");
    }

    // Meters of one name share their series in a process: other tests may count, too.
    private static async Task<double> ReadAsync(GatewayFixture gateway, string series) =>
        (await gateway.Client.GetStringAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith(series + " ", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
}
