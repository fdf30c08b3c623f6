using System.Text.Json;
using Pipeline.Storage.ClickHouse.Comparing;
using Pipeline.Storage.ClickHouse.Querying;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Failures;

/// <summary>From the refused row to the proof that it is stored, with the commands an on-call person types.</summary>
[Trait("Category", "Acceptance")]
public sealed class ReplayTests(ITestOutputHelper output)
{
    private const int Requests = 20;
    private const int EventsPerRequest = 20;

    [LocalFact]
    public async Task What_was_refused_is_replayed_once_the_cause_is_mended_and_twice_is_once()
    {
        await using var pipeline = await FailingPipeline.StartAsync();
        await SendAsync(pipeline);
        Assert.Equal((Requests * EventsPerRequest, (Requests * EventsPerRequest) - Requests, Requests), await pipeline.SettleAsync());

        var listed = await pipeline.RunAsync(0, "failed", "list");
        var batches = listed.GetProperty("batches").EnumerateArray().Select(batch => batch.GetProperty("id").GetString()!).ToArray();
        Assert.NotEmpty(batches);
        await pipeline.RunAsync(0, "failed", "verify");

        // Still refused: the canary says so, and nothing is put aside a second time.
        var plan = await pipeline.RunAsync(0, "replay", "plan", "--reason", "a test");
        var job = plan.GetProperty("job").GetString()!;
        Assert.Equal(Requests, Forecast(plan, "new"));
        var paused = await pipeline.RunAsync(1, "replay", "run", job, "--yes");
        output.WriteLine(paused.GetRawText());
        Assert.Equal("paused", paused.GetProperty("state").GetString());
        Assert.Equal(batches.Length, (await pipeline.RunAsync(0, "failed", "list")).GetProperty("batches").GetArrayLength());

        await pipeline.TakePoisonAsync();
        var finished = await pipeline.RunAsync(0, "replay", "resume", job, "--yes");
        output.WriteLine(finished.GetRawText());
        Assert.Equal("finished", finished.GetProperty("state").GetString());
        AssertProof(finished, failed: 0);
        Assert.Equal((Requests * EventsPerRequest, Requests * EventsPerRequest, 0), await pipeline.SettleAsync());

        var checksums = await ChecksumsAsync(pipeline);
        var again = await pipeline.RunAsync(0, ["replay", "plan", .. batches, "--reason", "a second time"]);
        Assert.Equal(0, Forecast(again, "new") + Forecast(again, "changed"));
        var repeated = await pipeline.RunAsync(0, "replay", "run", again.GetProperty("job").GetString()!, "--yes");
        AssertProof(repeated, failed: 0);
        Assert.Equal(0, repeated.GetProperty("proof").GetProperty("stored").GetInt64());
        Assert.Equal(checksums, await ChecksumsAsync(pipeline));
    }

    [LocalFact]
    public async Task The_index_that_was_dropped_is_rebuilt_from_the_manifests_as_it_was()
    {
        await using var pipeline = await FailingPipeline.StartAsync();
        await SendAsync(pipeline);
        await pipeline.SettleAsync();
        await pipeline.TakePoisonAsync();
        var first = (await pipeline.RunAsync(0, "failed", "list")).GetProperty("batches")[0].GetProperty("id").GetString()!;
        var plan = await pipeline.RunAsync(0, "replay", "plan", first, "--reason", "one of them");
        await pipeline.RunAsync(0, "replay", "run", plan.GetProperty("job").GetString()!, "--yes");
        var before = (await pipeline.RunAsync(0, "failed", "list")).GetRawText();

        await pipeline.RunAsync(0, "failed", "rebuild-index");

        Assert.Equal(before, (await pipeline.RunAsync(0, "failed", "list")).GetRawText());
    }

    [LocalFact]
    public async Task What_the_store_lost_is_named_by_the_ledger_and_filled_from_the_log()
    {
        await using var pipeline = await FailingPipeline.StartAsync();
        for (var request = 0; request < Requests; request++)
        {
            await pipeline.SendAsync(request * EventsPerRequest, EventsPerRequest, _ => false);
        }

        await pipeline.SettleAsync();
        var checksums = await ChecksumsAsync(pipeline);
        await pipeline.ExecuteAsync("TRUNCATE TABLE observation_states");
        await pipeline.ExecuteAsync("TRUNCATE TABLE receipts");
        var gaps = await pipeline.RunAsync(3, "ledger", "gaps");
        output.WriteLine(gaps.GetRawText());

        var plan = await pipeline.RunAsync(0, "replay", "plan", "--gaps", "--reason", "the store lost them");
        var finished = await pipeline.RunAsync(0, "replay", "run", plan.GetProperty("job").GetString()!, "--yes");
        AssertProof(finished, failed: 0);
        Assert.Equal((Requests * EventsPerRequest, Requests * EventsPerRequest, 0), await pipeline.SettleAsync());
        await pipeline.RunAsync(0, "ledger", "gaps");
        Assert.Equal(checksums, await ChecksumsAsync(pipeline));
    }

    // One bad observation in each request.
    private static async Task SendAsync(FailingPipeline pipeline)
    {
        for (var request = 0; request < Requests; request++)
        {
            await pipeline.SendAsync(request * EventsPerRequest, EventsPerRequest, number => number % EventsPerRequest == 7);
        }
    }

    private static async Task<IReadOnlyList<ViewChecksum>> ChecksumsAsync(FailingPipeline pipeline)
    {
        using var client = new ClickHouseQueryClient(pipeline.ClickHouse);
        return await new ViewChecksumReader(client).ReadAsync(null, CancellationToken.None);
    }

    private static long Forecast(JsonElement plan, string what) => plan.GetProperty("projects").EnumerateArray().Sum(project => project.GetProperty(what).GetInt64());

    private static void AssertProof(JsonElement job, long failed)
    {
        var proof = job.GetProperty("proof");
        Assert.True(proof.GetProperty("exact").GetBoolean());
        Assert.True(proof.GetProperty("attempted").GetInt64() > 0);
        Assert.Equal(failed, proof.GetProperty("failed").GetInt64());
    }
}
