using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Failures;

/// <summary>The failure store itself fails: its objects are changed behind its back, or it is away while batches fail.</summary>
[Trait("Category", "Acceptance")]
public sealed class DamageTests(ITestOutputHelper output)
{
    // All of one trace: the gateway makes one record of them.
    private const int EventsPerBatch = 10;

    [LocalFact]
    public async Task Damaged_batches_are_named_and_refused_whole_and_the_others_are_replayed()
    {
        const int Batches = 7;
        await using var pipeline = await FailingPipeline.StartAsync();
        await pipeline.PutAsideAsync(Batches, EventsPerBatch);
        Assert.Equal((Batches * EventsPerBatch, Batches * (EventsPerBatch - 1), Batches), await pipeline.SettleAsync());
        var entities = await EntitiesByFolderAsync(pipeline);
        var folders = pipeline.Kept.Folders();
        KeptObjects.FlipByte(folders[0]);
        KeptObjects.Truncate(folders[1]);
        KeptObjects.SwapManifests(folders[2], folders[3]);
        var damaged = folders.Take(4).Select(NameOf).ToList();

        var verified = await pipeline.RunAsync(1, "failed", "verify");
        output.WriteLine(verified.GetRawText());
        Assert.Equal(Batches, verified.GetProperty("verified").GetInt32());
        Assert.Equal(
            damaged.Zip(["records_sha256", "records_length", "manifest_of_another_batch", "manifest_of_another_batch"]).Order(),
            verified.GetProperty("damaged").EnumerateArray().Select(batch => (NameOf(Text(batch, "folder")), Text(batch, "defect"))).Order());

        // A plan leaves out what it cannot read, and says so; what is damaged after it was planned is refused by the replay.
        await pipeline.TakePoisonAsync();
        var plan = await pipeline.RunAsync(1, ["replay", "plan", .. folders.Select(NameOf), "--reason", "a test", "--canary", "0"]);
        Assert.Equal(damaged.Order(), Sources(plan.GetProperty("refused")));
        KeptObjects.FlipByte(folders[4]);
        damaged.Add(NameOf(folders[4]));
        var run = await pipeline.RunAsync(1, "replay", "run", Text(plan, "job"), "--yes");
        output.WriteLine(run.GetRawText());
        Assert.Equal("finished_with_failures", Text(run, "state"));
        Assert.Equal([damaged[4]], Sources(run.GetProperty("failed_pieces")));
        var proof = run.GetProperty("proof");
        Assert.True(proof.GetProperty("exact").GetBoolean());
        Assert.Equal(
            ((Batches - damaged.Count) * EventsPerBatch, 0),
            (proof.GetProperty("stored").GetInt32(), proof.GetProperty("failed").GetInt32()));

        // Nothing of a damaged batch became visible, everything of the others did, and the ledger knows the difference.
        Assert.Equal(folders.Skip(5).Select(folder => entities[NameOf(folder)]).Order(), await PoisonAsync(pipeline));
        Assert.Equal((Batches * EventsPerBatch, (Batches * EventsPerBatch) - damaged.Count, damaged.Count), await pipeline.SettleAsync());
        Assert.Equal(
            folders.Skip(5).Select(NameOf).Order(),
            (await pipeline.RunAsync(0, "failed", "list", "--state", "replayed")).GetProperty("batches").EnumerateArray().Select(batch => Text(batch, "id")).Order());

        // A byte that was flipped is found by reading, not by listing: such a batch counts as waiting until `verify` or a replay reads it.
        var left = (await pipeline.RunAsync(0, "failed", "list", "--state", "damaged")).GetProperty("batches");
        output.WriteLine(left.GetRawText());
        Assert.Equal(damaged.Skip(1).Take(3).Order(), left.EnumerateArray().Select(batch => NameOf(Text(batch, "folder"))).Order());
    }

    [LocalFact]
    public async Task While_the_failure_store_is_away_nothing_is_committed_and_the_consumer_says_why()
    {
        await using var pipeline = await FailingPipeline.StartAsync();
        pipeline.Kept.TakeAway();
        await pipeline.SendAsync(0, EventsPerBatch, number => number == 7);
        await Until.TrueAsync("the consumer to wait for the failure store", TimeSpan.FromSeconds(30), async () => (await pipeline.ReadyAsync()).Status == HttpStatusCode.ServiceUnavailable);
        var (_, text) = await pipeline.ReadyAsync();
        output.WriteLine(text);
        Assert.Contains("waiting_for_failure_store", text, StringComparison.Ordinal);
        Assert.Contains("the failure store does not take a batch", text, StringComparison.Ordinal);
        await pipeline.SendAsync(EventsPerBatch, EventsPerBatch, number => number % EventsPerBatch == 7);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.True((await pipeline.RunAsync(0, "lag")).GetProperty("lag").GetInt64() > 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await pipeline.ReadyAsync()).Status);

        pipeline.Kept.BringBack();
        var elapsed = Stopwatch.StartNew();
        await Until.TrueAsync("the consumer to be ready", TimeSpan.FromSeconds(30), async () => (await pipeline.ReadyAsync()).Status == HttpStatusCode.OK);
        Assert.Equal((2 * EventsPerBatch, 2 * (EventsPerBatch - 1), 2), await pipeline.SettleAsync());
        output.WriteLine($"recovered within {elapsed.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(elapsed.Elapsed.TotalSeconds, 0, 30);
        Assert.Equal(0, (await pipeline.RunAsync(0, "lag")).GetProperty("lag").GetInt64());

        await pipeline.RunAsync(0, "failed", "verify");
        await pipeline.TakePoisonAsync();
        var plan = await pipeline.RunAsync(0, "replay", "plan", "--reason", "a test");
        await pipeline.RunAsync(0, "replay", "run", Text(plan, "job"), "--yes");
        Assert.Equal((2 * EventsPerBatch, 2 * EventsPerBatch, 0), await pipeline.SettleAsync());
    }

    // The entity that failed, by the name of the batch's folder.
    private static async Task<Dictionary<string, string>> EntitiesByFolderAsync(FailingPipeline pipeline)
    {
        var entities = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in pipeline.Kept.Folders())
        {
            var shown = (await pipeline.RunAsync(0, "failed", "show", NameOf(folder)))[0];
            var failure = Assert.Single(Assert.Single(shown.GetProperty("records").EnumerateArray()).GetProperty("failures").EnumerateArray());
            entities[NameOf(folder)] = Text(failure, "entity").Split('/')[^1];
        }

        return entities;
    }

    private static async Task<IEnumerable<string>> PoisonAsync(FailingPipeline pipeline)
    {
        using var client = new ClickHouseQueryClient(pipeline.ClickHouse);
        var rows = await client.QueryAsync("SELECT id FROM observations WHERE name = 'poison'", new Dictionary<string, string>(StringComparer.Ordinal), CancellationToken.None);
        return rows.Select(row => (string)row["id"]!).Order();
    }

    private static IEnumerable<string> Sources(JsonElement pieces) => pieces.EnumerateArray().Select(piece => NameOf(Text(piece, "source"))).Order();

    private static string NameOf(string path) => path.TrimEnd('/').Split('/', ' ', '=', ':')[^1];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
