using System.Net;
using Pipeline.Consumers.Archiving;
using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.Storage.Archiving;
using Pipeline.Testing.Logs;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Time;

namespace Pipeline.Consumers.Tests.Archiving;

/// <summary>The host as the command line starts it, with real time and threads.</summary>
public sealed class ArchiveHostTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly InMemoryEventLog _log = new(2, TimeProvider.System);
    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task An_object_store_that_is_away_shows_in_health_and_metrics_and_the_rest_follows()
    {
        _objects.Plan = _ => ObjectPlan.Failed();
        await using var host = await ArchiveHost.StartAsync(Setup());
        var records = new SampleRecords(new Random(1), TimeProvider.System);
        for (var i = 0; i < 100; i++)
        {
            _log.Append(i % 2, records.Events(2));
        }

        await Until.TrueAsync("it waits", Limit, async () => (await GetAsync(host, "health/ready")) is { Status: HttpStatusCode.ServiceUnavailable } ready
            && ready.Body.Contains("waiting_for_archive", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "health/live")).Status);
        Assert.Contains("pipeline_consumer_activity{state=\"waiting_for_archive\"} 1", (await GetAsync(host, "metrics")).Body, StringComparison.Ordinal);
        Assert.Empty(_log.Commits);

        _objects.Plan = null;

        await Until.TrueAsync("it is drained", Limit, () => Task.FromResult(_log.IsDrained(TopicNames.ArchiveGroup)));
        await Until.TrueAsync("it is ready", Limit, async () => (await GetAsync(host, "health/ready")).Status == HttpStatusCode.OK);
        var metrics = (await GetAsync(host, "metrics")).Body;
        Assert.Contains("pipeline_archive_records_total 100", metrics, StringComparison.Ordinal);
        Assert.Contains("pipeline_archive_failures_total", metrics, StringComparison.Ordinal);
        await host.StopAsync();
        Assert.Equal(0, host.ExitCode);
        Assert.Empty(_log.Members);
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(ArchiveHost host, string path)
    {
        using var client = new HttpClient { BaseAddress = host.HealthAddress };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private ArchiveSetup Setup() => new()
    {
        Options = new ArchiveOptions { FlushInterval = TimeSpan.FromMilliseconds(200), LagInterval = TimeSpan.FromMilliseconds(100), RetryMinPause = TimeSpan.FromMilliseconds(50), RetryMaxPause = TimeSpan.FromMilliseconds(200) },
        Log = _log,
        Archive = new ArchiveStore(_objects),
        LogFormat = null,
        StepKill = new StepKill(null, 0),
        Random = new Random(5),
    };
}
