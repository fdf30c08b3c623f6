using System.Text;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.Time;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>The cases of the forty that concern the key of a request.</summary>
internal static class BadKeys
{
    private const int Number = 39;
    private const string Refused = """{"error":"UnauthorizedError","message":"Invalid credentials. Confirm that you've configured the correct host."}""";

    // Whoever guesses keys must not learn which half is wrong, or that a key once was good.
    internal static IReadOnlyList<FortyInput> All { get; } =
    [
        Key("no Authorization", null, "No authorization header"),
        Key("bad base64", "Basic ???", "Invalid authorization header"),
        Key("no colon", Basic("no colon"), "Invalid authorization header"),
        Key("wrong secret", Basic($"{TestKeys.PublicKey}:wrong"), Refused),
        Key("unknown key", Basic("pk-lf-unknown:sk-lf-1234567890"), Refused),
        Key("expired key", Basic("pk-expired:sk-lf-1234567890"), Refused),
        new(Number, "revoked key", _ => RevokedAsync()),
        new(Number, "wrong scope", WrongScopeAsync),
    ];

    private static FortyInput Key(string name, string? header, string text) => new(Number, name, async gateway =>
    {
        gateway.Keys.Keys["pk-expired"] = TestKeys.Key with { PublicKey = "pk-expired", ExpiresAt = DateTimeOffset.UnixEpoch };
        var before = gateway.Records.Count();

        using var response = await SendAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch), header);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, gateway.Records.Count());
    });

    private static async Task RevokedAsync()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        using var before = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        gateway.Keys.Keys.Clear();
        clock.Advance(TimeSpan.FromSeconds(30));

        using var after = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));

        Assert.Equal((207, 401), ((int)before.StatusCode, (int)after.StatusCode));
        Assert.Equal(Refused, await after.Content.ReadAsStringAsync());
    }

    private static async Task WrongScopeAsync(GatewayFixture gateway)
    {
        using var spans = await SendAsync(gateway, Requests.Post(Requests.Traces, [], "application/x-protobuf"), "Bearer " + TestKeys.PublicKey);
        using var events = await SendAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch), "Bearer " + TestKeys.PublicKey);

        Assert.Equal((403, 207), ((int)spans.StatusCode, (int)events.StatusCode));
        Assert.Contains("\"status\":401", await events.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(GatewayFixture gateway, HttpRequestMessage request, string? header)
    {
        using var client = new HttpClient { BaseAddress = gateway.Host.Address };
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        return await client.SendAsync(request);
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
