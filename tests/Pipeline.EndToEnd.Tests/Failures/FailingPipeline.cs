using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Testing;
using Pipeline.Testing.Time;

namespace Pipeline.EndToEnd.Tests.Failures;

/// <summary>A whole local pipeline whose engine refuses some rows, and the commands that an on-call person uses on it.</summary>
internal sealed class FailingPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly PipelineProcess _process;
    private readonly HttpClient _http;
    private readonly Uri _ready;

    private FailingPipeline(PipelineProcess process, int healthPort)
    {
        _process = process;
        _ready = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{healthPort}/health/ready"));
        _http = new HttpClient { BaseAddress = process.BaseAddress };
        var credentials = $"{process.Environment["LANGFUSE_PUBLIC_KEY"]}:{process.Environment["LANGFUSE_SECRET_KEY"]}";
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        ClickHouse = new ClickHouseOptions { Address = new Uri(process.Environment["CLICKHOUSE_URL"]) };
    }

    internal PipelineProcess Process => _process;

    internal ClickHouseOptions ClickHouse { get; }

    /// <summary>What was put aside, as files.</summary>
    internal KeptObjects Kept => new(_process.Environment["OBJECT_STORE"]);

    internal static async Task<FailingPipeline> StartAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var healthPort = FreePorts.Next(1);
        var settings = new Dictionary<string, string>(environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["Writer__HealthPort"] = healthPort.ToString(CultureInfo.InvariantCulture),
        };
        var pipeline = new FailingPipeline(await PipelineProcess.StartAsync(environment: settings), healthPort);
        await pipeline.RefusePoisonAsync();
        return pipeline;
    }

    /// <summary>From now on the engine refuses observations whose name is <c>poison</c>.</summary>
    internal Task RefusePoisonAsync() => ExecuteAsync("ALTER TABLE observation_states ADD CONSTRAINT no_poison CHECK ifNull(name.2, '') != 'poison'");

    /// <summary>From now on it takes them.</summary>
    internal Task TakePoisonAsync() => ExecuteAsync("ALTER TABLE observation_states DROP CONSTRAINT no_poison");

    /// <summary>Sends one request of observations, of which some are poison.</summary>
    internal Task SendAsync(int firstNumber, int count, Func<int, bool> isPoison) => SendAsync(Enumerable.Range(firstNumber, count).Select(number => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":"e{{{number}}}","type":"span-create","timestamp":"2026-11-21T10:00:00Z","body":{"id":"o{{{number}}}","traceId":"t{{{number / 10}}}","name":"{{{(isPoison(number) ? "poison" : "good")}}}"}}""")));

    /// <summary>Sends one request of a score.</summary>
    internal Task SendScoreAsync(int number) => SendAsync(
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"id":"es{{{number}}}","type":"score-create","timestamp":"2026-11-21T10:00:00Z","body":{"id":"s{{{number}}}","traceId":"t{{{number}}}","name":"quality","value":1}}"""),
    ]);

    /// <summary>Sends a request with one poisoned event and waits until it was put aside, so often: each is a failed batch of its own.</summary>
    internal async Task PutAsideAsync(int batches, int eventsEach, int firstNumber = 0)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            var before = Kept.Folders().Count;
            await SendAsync(firstNumber + (batch * eventsEach), eventsEach, number => number % eventsEach == 0);
            await Until.TrueAsync("a batch to be put aside", Limit, () => Kept.Folders().Count > before);
        }
    }

    /// <summary>What the consumer says about its readiness: the status, and the text that names the causes.</summary>
    internal async Task<(HttpStatusCode Status, string Text)> ReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(_ready);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException starting)
        {
            return (HttpStatusCode.ServiceUnavailable, starting.Message);
        }
    }

    /// <summary>Runs a command that must end with this code, and reads its JSON.</summary>
    internal async Task<JsonElement> RunAsync(int exitCode, params string[] arguments)
    {
        var (code, output, error) = await _process.RunAsync([.. arguments, "--json"]);
        Assert.True(code == exitCode, $"pipeline {string.Join(' ', arguments)} ended with {code}: {output}{error}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>Waits until nothing is in flight, and returns accepted, stored and failed events.</summary>
    internal async Task<(long Accepted, long Stored, long Failed)> SettleAsync()
    {
        var last = default(JsonElement);
        await Until.TrueAsync("nothing to be in flight", Limit, async () =>
        {
            last = await RunAsync(0, "ledger");
            return !last.GetProperty("in_flight").GetBoolean();
        });
        var minutes = last.GetProperty("minutes").EnumerateArray().ToList();
        return (Sum("accepted"), Sum("stored"), Sum("failed"));

        long Sum(string name) => minutes.Sum(minute => minute.GetProperty(name).GetInt64());
    }

    /// <summary>Runs a statement on the engine.</summary>
    internal async Task ExecuteAsync(string statement)
    {
        using var http = new HttpClient();
        using var content = new StringContent(statement, Encoding.UTF8);
        using var answer = await http.PostAsync(new Uri(ClickHouse.Address, $"/?database={ClickHouse.Database}"), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task SendAsync(IEnumerable<string> events)
    {
        using var content = new StringContent($$"""{"batch":[{{string.Join(',', events)}}]}""", Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri("/api/public/ingestion", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.MultiStatus, answer.StatusCode);
    }
}
