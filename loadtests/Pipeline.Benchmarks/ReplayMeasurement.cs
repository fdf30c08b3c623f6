using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Storage.ClickHouse.Comparing;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Objects.Folders;

namespace Pipeline.Benchmarks;

/// <summary>Thousands of failed batches replayed beside live traffic: what live traffic notices, whether a killed replay loses or doubles anything.</summary>
internal sealed class ReplayMeasurement(Results results, BenchPipeline pipeline)
{
    private const int EventsPerRecord = 10;
    private const int Kills = 2;

    private static readonly TimeSpan Baseline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LiveSlice = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Every batch that the store refuses is put aside, however many: the table is broken on purpose.</summary>
    internal static IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["Writer__MaxRefusedBatches"] = "1000000" };

    /// <summary>Measures.</summary>
    /// <returns>Whether everything is stored once, the ledger has no gap, and the second replay changed nothing.</returns>
    internal async Task<bool> RunAsync(int batches, int observationsPerSecond)
    {
        using var live = new LiveTraffic(pipeline, observationsPerSecond);
        await live.SendAsync(TimeSpan.FromSeconds(10));
        await live.WaitUntilStoredAsync(() => live.Acknowledged, Limit);
        await FailAsync(live, batches);
        var failures = new FailureStore(new FolderObjectStore(pipeline.Environment["OBJECT_STORE"]));
        await SplitAsync(failures);

        var since = DateTimeOffset.UtcNow;
        await live.SendAsync(Baseline);
        await live.WaitUntilStoredAsync(() => live.Acknowledged, Limit);
        var freshnessBefore = await live.FreshnessAsync(since);

        var plannedAt = Stopwatch.GetTimestamp();
        var (planCode, plan) = await pipeline.RunAsync("replay", "plan", "--reason", "benchmark", "--limit", "1000000", "--json");
        Expect(planCode == 0, plan);
        var job = Text(plan, "job");
        var planTime = Stopwatch.GetElapsedTime(plannedAt);

        since = DateTimeOffset.UtcNow;
        var replayedAt = Stopwatch.GetTimestamp();
        var replay = ReplayAsync(job);
        while (!replay.IsCompleted)
        {
            await live.SendAsync(LiveSlice);
        }

        var document = await replay;
        var replayTime = Stopwatch.GetElapsedTime(replayedAt);
        await live.WaitUntilStoredAsync(() => live.Acknowledged, Limit);
        var freshnessDuring = await live.FreshnessAsync(since);
        var (ledger, ledgerText) = await pipeline.ReadLedgerAsync();
        var failed = SumOf(ledgerText, "failed");

        var checksums = new ViewChecksumReader(live.Client);
        var before = await checksums.ReadAsync(null, CancellationToken.None);
        var (againCode, again) = await pipeline.RunAsync("replay", "plan", "--state", "replayed", "--reason", "a second time", "--limit", "1000000", "--json");
        Expect(againCode == 0, again);
        var (secondCode, second) = await pipeline.RunAsync("replay", "run", Text(again, "job"), "--yes", "--json");
        Expect(secondCode == 0, second);
        var isSame = before.SequenceEqual(await checksums.ReadAsync(null, CancellationToken.None));

        Console.WriteLine($"proof: {Proof(document)}");
        Console.WriteLine($"proof of the second replay: {Proof(second)}");
        results.Add("replay: failed batches planned and compared", "s", planTime.TotalSeconds);
        results.Add("replay: replayed, killed twice", "s", replayTime.TotalSeconds);
        results.Add("replay: live freshness p99 before", "ms", freshnessBefore);
        results.Add("replay: live freshness p99 during", "ms", freshnessDuring, freshnessBefore);
        results.Add("replay: events still failed by the ledger", "events", failed);
        results.Add("replay: views changed by a second replay", "views", isSame ? 0 : 1);
        var expected = live.Acknowledged + (batches * EventsPerRecord);
        var visible = await live.VisibleAsync();
        results.Add("replay: acknowledged and not visible once", "observations", expected - visible);
        return ledger == 0 && failed == 0 && isSame && expected == visible;
    }

    // A column is renamed, so that the engine refuses the table until it is named back.
    private async Task FailAsync(LiveTraffic live, int records)
    {
        await ExecuteAsync("ALTER TABLE observation_states RENAME COLUMN status_message TO status_message_gone");
        var authorization = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{pipeline.Environment["LANGFUSE_PUBLIC_KEY"]}:{pipeline.Environment["LANGFUSE_SECRET_KEY"]}"));
        var load = new Load(new Uri(new Uri(pipeline.Environment["LANGFUSE_BASE_URL"]), "/api/public/ingestion"), "application/json", Body, "Basic " + authorization);
        var sent = 0L;
        while (sent < records)
        {
            // Exactly so many requests: each is a record of its own.
            sent += (await load.RunAsync(TimeSpan.MaxValue, requests: (int)Math.Min(1_000, records - sent))).Requests;
        }

        var startedAt = Stopwatch.GetTimestamp();
        while (SumOf((await pipeline.ReadLedgerAsync()).Output, "failed") < records * EventsPerRecord)
        {
            Expect(Stopwatch.GetElapsedTime(startedAt) < Limit, "the records were not put aside in time");
            await Task.Delay(LiveSlice);
        }

        await ExecuteAsync("ALTER TABLE observation_states RENAME COLUMN status_message_gone TO status_message");
    }

    // One record a batch: the writer puts aside what failed together, and this is about many.
    private static async Task SplitAsync(FailureStore failures)
    {
        var whole = new List<FailedBatchManifest>();
        await foreach (var entry in failures.ListAsync(null, null, CancellationToken.None))
        {
            whole.Add(entry.Manifest!);
        }

        foreach (var manifest in whole)
        {
            foreach (var record in await failures.ReadAsync(manifest, CancellationToken.None))
            {
                var micros = manifest.FailedAt.ToUnixTimeMilliseconds() * 1_000;
                await failures.WriteAsync(
                    new FailedBatch(manifest.Group, manifest.Class, manifest.Code, manifest.Error, manifest.Attempts, micros, micros, [record]), CancellationToken.None);
            }

            await failures.DeleteAsync(manifest, CancellationToken.None);
        }
    }

    private async Task<string> ReplayAsync(string job)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            using var victim = pipeline.Start("replay", "run", job, "--yes", "--json");
            await Task.Delay(TimeSpan.FromSeconds(4));
            Expect(!victim.HasExited, "the replay was over before it was killed");
            victim.Kill();
            await victim.WaitForExitAsync();
            var (_, status) = await pipeline.RunAsync("replay", "status", job);
            Console.WriteLine($"killed the replay: {status.Split('\n')[0]}");
        }

        var (code, output) = await pipeline.RunAsync("replay", "run", job, "--yes", "--json");
        Expect(code == 0, output);
        return output;
    }

    private static byte[] Body(int number)
    {
        var events = Enumerable.Range(0, EventsPerRecord).Select(at => string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"id":"re-{{{number}}}-{{{at}}}","type":"span-create","timestamp":"2026-11-21T10:00:00Z","body":{"id":"ro-{{{number}}}-{{{at}}}","traceId":"rt-{{{number}}}","name":"replayed","input":"some text"}}"""));
        return Encoding.UTF8.GetBytes($$"""{"batch":[{{string.Join(',', events)}}]}""");
    }

    private async Task ExecuteAsync(string statement)
    {
        using var http = new HttpClient();
        using var content = new StringContent(statement, Encoding.UTF8);
        using var answer = await http.PostAsync(new Uri($"{pipeline.Environment["CLICKHOUSE_URL"]}/?database=pipeline"), content);
        Expect(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Text(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).GetString()!;
    }

    private static string Proof(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement.GetProperty("proof"));
    }

    private static long SumOf(string ledger, string name)
    {
        using var document = JsonDocument.Parse(ledger);
        return document.RootElement.GetProperty("minutes").EnumerateArray().Sum(minute => minute.GetProperty(name).GetInt64());
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
