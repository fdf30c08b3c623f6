using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Gateway.Publishing;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.Logging;

namespace Pipeline.Gateway.Tests;

public sealed class TopicPreflightTests
{
    private static readonly TopicSpec Topic = new("scripted", 4);
    private static readonly TopicFinding Error = new(TopicFindingSeverity.Error, "replication.factor", "too few copies");
    private static readonly TopicFinding Warning = new(TopicFindingSeverity.Warning, "min.insync.replicas", "one copy");

    [Fact]
    public async Task A_topic_that_is_not_fit_keeps_the_gateway_unready_with_the_reason_until_it_is_mended()
    {
        var log = new ScriptedEventLog { Findings = [Error] };
        await using var gateway = await GatewayFixture.StartAsync(log: log, topic: Topic);

        await Eventually.IsTrueAsync(async () => (await ReadyTextAsync(gateway)).Contains("too few copies", StringComparison.Ordinal), "the reason shows");
        using var refused = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        Assert.Equal(503, (int)refused.StatusCode);

        log.Findings = [Warning];
        await gateway.WaitUntilReadyAsync();
        using var taken = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        Assert.Equal(207, (int)taken.StatusCode);
    }

    [Fact]
    public async Task A_warning_is_logged_once()
    {
        var logger = new RecordingLogger<TopicPreflight>();
        var preflight = new TopicPreflight(new ScriptedEventLog { Findings = [Error, Warning] }, Topic, logger);

        Assert.Equal("too few copies", await preflight.WhyNotAsync(CancellationToken.None));
        Assert.Equal("too few copies", await preflight.WhyNotAsync(CancellationToken.None));

        Assert.Equal((LogLevel.Warning, "one copy"), Assert.Single(logger.Lines));
    }

    private static async Task<string> ReadyTextAsync(GatewayFixture gateway)
    {
        using var response = await gateway.Client.GetAsync("/api/public/ready");
        return await response.Content.ReadAsStringAsync();
    }
}
