using Pipeline.Buffer;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>The cases of the forty in which nothing is wrong with the request.</summary>
internal static class Overloads
{
    private const int Number = 40;

    internal static IReadOnlyList<FortyInput> All { get; } =
    [
        new(Number, "the log cannot be reached, REST", _ => UnreachableAsync(() => Requests.Post(Requests.Ingestion, Requests.GoodBatch))),
        new(Number, "the log cannot be reached, OTLP", _ => UnreachableAsync(() => Requests.Post(
            Requests.Traces,
            """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}]}]}]}"""u8.ToArray()))),
        new(Number, "many requests of one key: there is no quota yet that would answer 429, so all are taken", NoQuotaAsync),
    ];

    private static async Task UnreachableAsync(Func<HttpRequestMessage> request)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Log.Script = _ => AppendOutcome.Unavailable;

        using var response = await gateway.Client.SendAsync(request());

        Assert.Equal(503, (int)response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
    }

    private static async Task NoQuotaAsync(GatewayFixture gateway)
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
            return (int)response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Equal(207, status));
    }
}
