using System.Text;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.Time;

namespace Pipeline.Gateway.Tests;

public sealed class AuthenticationTests
{
    private const string WrongHost = "Confirm that you've configured the correct host.";

    public static TheoryData<string?, int, string> Headers() => new()
    {
        { null, 401, "No authorization header" },
        { "Digest x", 401, "Invalid authorization header" },
        { "Basic", 401, "Invalid authorization header" },
        { "Basic ???", 401, "Invalid authorization header" },
        { "Basic " + Base64("no colon"), 401, "Invalid authorization header" },
        { "Basic " + Base64(":secret"), 401, "Invalid authorization header" },
        { "Basic " + Base64("pk-lf-unknown:sk-lf-1234567890"), 401, "Invalid credentials. " + WrongHost },
        { "Basic " + Base64($"{TestKeys.PublicKey}:wrong"), 401, "Invalid credentials. " + WrongHost },
        { "Basic " + Base64("pk-expired:sk-lf-1234567890"), 401, "Invalid credentials. " + WrongHost },
        { "Bearer pk-lf-unknown", 401, "Invalid public key. " + WrongHost },
        { "Bearer pk-org", 401, "Unauthorized: Cannot use organization key with bearer auth. " + WrongHost },
        { "Basic " + Base64("pk-org:sk-lf-1234567890"), 401, "Project ID not found for API token. Are you using an organization key?" },
        { "Basic " + Base64($"{TestKeys.PublicKey}:{TestKeys.SecretKey}"), 207, "201" },
        { "basic " + Base64($"{TestKeys.PublicKey}:{TestKeys.SecretKey}:more"), 207, "201" },
        { "Bearer " + TestKeys.PublicKey, 207, "Access Scope Denied" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task The_ingestion_route_answers_each_header(string? header, int status, string text)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        AddOtherKeys(gateway);

        using var response = await SendAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch), header);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Requests.Traces)]
    [InlineData(Requests.Metrics)]
    public async Task The_otlp_routes_refuse_a_public_key_alone(string path)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await SendAsync(gateway, Requests.Post(path, [], "application/x-protobuf"), "Bearer " + TestKeys.PublicKey);

        Assert.Equal(403, (int)response.StatusCode);
        Assert.Equal("""{"message":"Access denied - insufficient permissions for this endpoint"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_public_key_alone_may_send_scores()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var score = Requests.Batch(Requests.Event("s1", """{"id":"s","name":"q","traceId":"t","value":1}""", "score-create"));

        using var response = await SendAsync(gateway, Requests.Post(Requests.Ingestion, score), "Bearer " + TestKeys.PublicKey);

        Assert.Equal("""{"successes":[{"id":"s1","status":201}],"errors":[]}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_30_seconds()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        Assert.Equal(207, await PostStatusAsync(gateway));
        gateway.Keys.Keys.Clear();

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(401, await PostStatusAsync(gateway));
    }

    [Fact]
    public async Task A_key_in_use_is_confirmed_in_the_background_and_one_look_up_serves_all()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        for (var request = 0; request < 5; request++)
        {
            Assert.Equal(207, await PostStatusAsync(gateway));
        }

        Assert.Equal(1, gateway.Keys.Lookups);
        gateway.Keys.Barrier = new TaskCompletionSource();
        clock.Advance(TimeSpan.FromSeconds(16));
        for (var request = 0; request < 5; request++)
        {
            Assert.Equal(207, await PostStatusAsync(gateway));
        }

        Assert.Equal(2, gateway.Keys.Lookups);
        gateway.Keys.Barrier.SetResult();
    }

    [Fact]
    public async Task Known_keys_are_served_for_ten_minutes_while_the_key_store_is_down()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        Assert.Equal(207, await PostStatusAsync(gateway));
        gateway.Keys.IsDown = true;

        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(207, await PostStatusAsync(gateway));
        using var unknown = await SendAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch), "Basic " + Base64("pk-other:sk"));
        Assert.Equal(503, (int)unknown.StatusCode);
        Assert.NotNull(unknown.Headers.RetryAfter);

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(503, await PostStatusAsync(gateway));

        gateway.Keys.IsDown = false;
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(207, await PostStatusAsync(gateway));
    }

    [Fact]
    public async Task A_new_key_works_within_ten_seconds_and_unknown_keys_are_not_asked_for_twice()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        gateway.Keys.Keys.Clear();
        Assert.Equal(401, await PostStatusAsync(gateway));
        Assert.Equal(401, await PostStatusAsync(gateway));
        Assert.Equal(1, gateway.Keys.Lookups);

        gateway.Keys.Keys[TestKeys.PublicKey] = TestKeys.Key;
        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(207, await PostStatusAsync(gateway));
    }

    [Fact]
    public async Task A_rotated_secret_replaces_the_old_one()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        Assert.Equal(207, await PostStatusAsync(gateway));
        gateway.Keys.Keys[TestKeys.PublicKey] = TestKeys.Key with { SecretHash = TestKeys.Hasher.Hash("sk-new") };

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(401, await PostStatusAsync(gateway));
        using var renewed = await SendAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch), "Basic " + Base64($"{TestKeys.PublicKey}:sk-new"));
        Assert.Equal(207, (int)renewed.StatusCode);
    }

    private static void AddOtherKeys(GatewayFixture gateway)
    {
        gateway.Keys.Keys["pk-org"] = TestKeys.Key with { PublicKey = "pk-org", ProjectId = null };
        gateway.Keys.Keys["pk-expired"] = TestKeys.Key with { PublicKey = "pk-expired", ExpiresAt = DateTimeOffset.UnixEpoch };
    }

    private static async Task<int> PostStatusAsync(GatewayFixture gateway)
    {
        using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        return (int)response.StatusCode;
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

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
