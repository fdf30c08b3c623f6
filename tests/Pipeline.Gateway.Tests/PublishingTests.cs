using System.Diagnostics;
using System.Text;
using Pipeline.Buffer;
using Pipeline.Gateway.Publishing;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.Time;

namespace Pipeline.Gateway.Tests;

public sealed class PublishingTests
{
    [Theory]
    [InlineData(AppendOutcome.Busy)]
    [InlineData(AppendOutcome.Unavailable)]
    public async Task A_log_that_refuses_is_answered_503_with_retry_after_on_both_routes(AppendOutcome outcome)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Log.Script = _ => outcome;

        await AssertUnavailableAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        await AssertUnavailableAsync(gateway, OneSpan());

        gateway.Log.Script = null;
        using var recovered = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        Assert.Equal(207, (int)recovered.StatusCode);
    }

    [Fact]
    public async Task A_log_that_never_answers_is_answered_503_within_two_seconds()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Log.IsSilent = true;

        await AssertUnavailableAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        await AssertUnavailableAsync(gateway, OneSpan());
    }

    [Fact]
    public async Task A_log_and_a_key_store_that_never_answer_share_the_two_seconds()
    {
        await using var gateway = await GatewayFixture.StartAsync(options =>
        {
            options.KeyRefreshAfter = TimeSpan.FromSeconds(1);
            options.KeyTimeToLive = TimeSpan.FromSeconds(2);
        });
        using var known = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        gateway.Log.IsSilent = true;
        gateway.Keys.Barrier = new TaskCompletionSource();

        foreach (var request in new[] { Requests.Post(Requests.Ingestion, Requests.GoodBatch), OneSpan() })
        {
            await Task.Delay(TimeSpan.FromSeconds(2.1));
            var elapsed = Stopwatch.StartNew();
            await AssertUnavailableAsync(gateway, request);
            Assert.InRange(elapsed.Elapsed.TotalSeconds, 1.4, 2.2);
        }
    }

    [Fact]
    public async Task One_failed_record_of_many_makes_the_client_send_the_whole_request_again()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var failed = 0;
        gateway.Log.Script = _ => Interlocked.Increment(ref failed) == 2 ? AppendOutcome.Unavailable : null;
        var batch = Requests.Batch([.. Enumerable.Range(0, 40).Select(index => Requests.Event($"e{index}", $$"""{"id":"trace-{{index}}"}"""))]);

        await AssertUnavailableAsync(gateway, Requests.Post(Requests.Ingestion, batch));
        using var again = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, batch));

        Assert.Equal(207, (int)again.StatusCode);
        await gateway.Host.StopAsync();
        Assert.Equal(40, gateway.Reports.SelectMany(report => report.Accounts).Max(account => account.Acknowledged));
    }

    [Fact]
    public async Task A_record_that_the_log_finds_too_large_is_answered_413_and_not_retried()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Log.Script = _ => AppendOutcome.TooLarge;

        using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_gateway_without_its_log_is_healthy_but_not_ready_and_says_why()
    {
        await using var gateway = await GatewayFixture.StartAsync(log: new ScriptedEventLog { IsDown = true });

        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/api/public/health")).StatusCode);
        using var ready = await gateway.Client.GetAsync("/api/public/ready");
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Contains("\"name\":\"log\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertUnavailableAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch));

        gateway.Log.IsDown = false;
        await gateway.WaitUntilReadyAsync();
    }

    [Fact]
    public async Task A_log_that_answers_but_confirms_nothing_is_not_ready_until_it_does_or_a_while_has_passed()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        gateway.Log.Script = _ => AppendOutcome.Unavailable;
        for (var request = 0; request < 3; request++)
        {
            await AssertUnavailableAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        }

        clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.IsTrueAsync(async () => (await ReadyTextAsync(gateway)).Contains("does not confirm appends", StringComparison.Ordinal), "the reason shows");
        clock.Advance(TimeSpan.FromSeconds(5));
        await gateway.WaitUntilReadyAsync();

        await AssertUnavailableAsync(gateway, Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.IsTrueAsync(async () => (await ReadyTextAsync(gateway)).Contains("does not confirm appends", StringComparison.Ordinal), "one more failure is enough");
        gateway.Log.Script = null;
        using var taken = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.GoodBatch));
        clock.Advance(TimeSpan.FromSeconds(5));
        await gateway.WaitUntilReadyAsync();
    }

    [Fact]
    public async Task Bytes_in_flight_stay_bounded_while_the_log_is_dead()
    {
        const long MaxInFlight = 8 * 1024 * 1024;
        await using var gateway = await GatewayFixture.StartAsync(options =>
        {
            options.MaxInFlightBytes = MaxInFlight;
            options.MaxOtlpBodyBytes = 2 * 1024 * 1024;
            options.MaxIngestionBodyBytes = 2 * 1024 * 1024;
            options.AppendTimeout = TimeSpan.FromSeconds(1);
        });
        gateway.Log.IsSilent = true;
        var budget = (InFlightBudget)gateway.Host.Services.GetService(typeof(InFlightBudget))!;
        var body = Requests.Batch(Requests.Event("big", $$"""{"id":"t","input":"{{new string('x', 1_000_000)}}"}"""));
        long peak = 0;
        using var stop = new CancellationTokenSource();
        var sampling = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, budget.Used);
            }
        });

        var statuses = await Task.WhenAll(Enumerable.Range(0, 60).Select(async _ =>
        {
            var elapsed = Stopwatch.StartNew();
            using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, body));
            return ((int)response.StatusCode, response.Headers.RetryAfter is not null);
        }));
        await stop.CancelAsync();
        await sampling;

        Assert.All(statuses, status => Assert.Equal((503, true), status));
        Assert.InRange(peak, 1_000_000, MaxInFlight + (2 * 1024 * 1024));
        await Eventually.IsTrueAsync(() => Task.FromResult(budget.Used == 0), "every reserved byte is given back");
    }

    [Fact]
    public async Task Records_carry_the_request()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var request = Requests.Post(Requests.Ingestion, Requests.GoodBatch);
        request.Headers.TryAddWithoutValidation("x_langfuse_sdk_name", "python");
        request.Headers.TryAddWithoutValidation("x-langfuse-sdk-version", "4.18.0");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await gateway.Client.SendAsync(request);

        var append = Assert.Single(gateway.Log.Appended);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", append.Headers.TraceParent);
        Assert.Equal(("python", "4.18.0"), (append.Record.SdkName, append.Record.SdkVersion));
        Assert.Equal(TestKeys.PublicKey, append.Record.PublicKey);
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), append.Record.RequestId);
        Assert.Equal(7, append.Record.RecordId.Version);
    }

    private static async Task<string> ReadyTextAsync(GatewayFixture gateway)
    {
        using var response = await gateway.Client.GetAsync("/api/public/ready");
        return await response.Content.ReadAsStringAsync();
    }

    private static HttpRequestMessage OneSpan() => Requests.Post(
        Requests.Traces,
        Encoding.UTF8.GetBytes("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"x","startTimeUnixNano":"1763683200000000000","endTimeUnixNano":"1763683201000000000"}]}]}]}"""));

    private static async Task AssertUnavailableAsync(GatewayFixture gateway, HttpRequestMessage request)
    {
        var elapsed = Stopwatch.StartNew();
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(503, (int)response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        Assert.InRange(elapsed.Elapsed.TotalSeconds, 0, 2.5);
    }
}
