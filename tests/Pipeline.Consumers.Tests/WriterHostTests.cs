using System.Net;
using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.Storage;
using Pipeline.Storage.Failures;
using Pipeline.Testing.Logs;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests;

/// <summary>The host as the command line starts it, with real time and threads.</summary>
public sealed class WriterHostTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly InMemoryEventLog _log = new(2, TimeProvider.System);
    private readonly InMemoryStateStore _store = new(TimeProvider.System);
    private readonly WriterOptions _options = new() { LagInterval = TimeSpan.FromMilliseconds(100), RetryMaxPause = TimeSpan.FromMilliseconds(200) };

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Records_are_stored_and_a_stop_ends_with_code_0(int members)
    {
        _options.Members = members;
        var records = new SampleRecords(new Random(1), TimeProvider.System);
        await using var host = await WriterHost.StartAsync(Setup());
        for (var i = 0; i < 500; i++)
        {
            _log.Append(i % 2, records.Events(3));
        }

        await UntilAsync(() => _log.IsDrained(_options.Group));
        await host.StopAsync();

        Assert.Equal(500, _store.Receipts.Count);
        Assert.Equal(0, _store.OpenBatches);
        Assert.Empty(_log.Members);
        Assert.Equal(0, host.ExitCode);
    }

    [Fact]
    public async Task A_newer_schema_version_stops_the_host_with_code_1()
    {
        _log.Append(0, new RecordHeaders("2.0", null), [1]);

        await using var host = await WriterHost.StartAsync(Setup());
        using var deadline = new CancellationTokenSource(Limit);
        await host.WaitForShutdownAsync(deadline.Token);

        Assert.Equal(1, host.ExitCode);
        Assert.Empty(_log.Commits);
    }

    [Fact]
    public async Task A_wrong_option_refuses_to_start_and_names_the_key()
    {
        _options.MaxBatchRows = 0;

        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => WriterHost.StartAsync(Setup()));

        Assert.Contains("MaxBatchRows", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_is_waited_for()
    {
        _log.IsDown = true;
        await using var host = await WriterHost.StartAsync(Setup());
        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Body.Contains("waiting_for_log", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "health/live")).Status);

        _log.IsDown = false;

        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_log_that_goes_away_without_a_word_makes_an_idle_writer_unready_until_it_is_back()
    {
        await using var host = await WriterHost.StartAsync(Setup());
        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Status == HttpStatusCode.OK);

        _log.IsSilent = true;
        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Body.Contains("waiting_for_log", StringComparison.Ordinal));
        Assert.Contains("the log does not answer", (await GetAsync(host, "health/ready")).Body, StringComparison.Ordinal);

        _log.IsSilent = false;
        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_store_that_comes_up_later_makes_an_idle_writer_ready()
    {
        _store.IsReachable = false;
        await using var host = await WriterHost.StartAsync(Setup());
        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Body.Contains("the store was not reached yet", StringComparison.Ordinal));

        _store.IsReachable = true;

        await UntilAsync(async () => (await GetAsync(host, "health/ready")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_failing_store_is_not_ready_but_live_and_the_lag_shows()
    {
        _store.Plan = _ => InsertPlan.Failed(InsertOutcome.Unavailable);
        await using var host = await WriterHost.StartAsync(Setup());
        for (var i = 0; i < 10; i++)
        {
            _log.Append(0, new SampleRecords(new Random(i), TimeProvider.System).Events(1));
        }

        await UntilAsync(async () => (await GetAsync(host, "metrics")).Body.Contains("pipeline_consumer_lag_records{partition=\"0\"} 10", StringComparison.Ordinal));
        await UntilAsync(async () => (await GetAsync(host, "health/ready")) is { Status: HttpStatusCode.ServiceUnavailable } ready
            && ready.Body.Contains("waiting_for_store", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "health/live")).Status);

        _store.Plan = null;

        await UntilAsync(async () => (await GetAsync(host, "metrics")).Body.Contains("pipeline_consumer_lag_records{partition=\"0\"} 0", StringComparison.Ordinal));
        var metrics = (await GetAsync(host, "metrics")).Body;
        Assert.Contains("pipeline_consumer_events_stored", metrics, StringComparison.Ordinal);
        Assert.Contains("pipeline_consumer_freshness", metrics, StringComparison.Ordinal);
        Assert.Contains("outcome=\"Unavailable\"", metrics, StringComparison.Ordinal);
        Assert.Contains("pipeline_consumer_activity{state=\"idle\"}", metrics, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(WriterHost host, string path)
    {
        using var client = new HttpClient { BaseAddress = host.HealthAddress };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    private WriterSetup Setup() => new()
    {
        Options = _options,
        Log = _log,
        Store = _store,
        Failures = new FailureStore(new InMemoryObjectStore(TimeProvider.System)),
        LogFormat = null,
        StepKill = new StepKill(null, 0),
        Random = new Random(5),
    };
}
