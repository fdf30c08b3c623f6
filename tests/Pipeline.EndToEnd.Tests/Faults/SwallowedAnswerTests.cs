using System.Net;
using System.Text;
using Pipeline.EndToEnd.Tests.Convergence;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>Every fifth answer of the gateway is lost after it was given; the client sends again what was stored already.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class SwallowedAnswerTests(FaultStores stores, ITestOutputHelper output)
{
    private const double Share = 0.2;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    [LocalFact]
    public async Task A_lost_answer_costs_a_repetition_and_changes_nothing()
    {
        var seed = FaultSeed.Choose(output);
        var events = GeneratedEvents.Create(new Random(seed), FaultRounds.Or(sample: 1) * 1_500);

        // One instant of receipt for both runs: what remains to differ is the repetition.
        var receivedAt = TimeProvider.System.GetUtcNow();
        var (whole, neverLost) = await RunAsync(events, seed, receivedAt, share: 0);
        var (repeated, lost) = await RunAsync(events, seed, receivedAt, Share);

        output.WriteLine($"{events.Count} events, {lost} answers lost");
        Assert.Equal(0, neverLost);
        Assert.True(lost > 0, "the fault did not fire");
        Assert.Equal(whole, repeated);
    }

    private async Task<(string Digest, long Lost)> RunAsync(List<string> events, int seed, DateTimeOffset receivedAt, double share)
    {
        await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = seed, Clock = new ManualTimeProvider(receivedAt) });
        if (share > 0)
        {
            await pipeline.Clients.SetAsync(Fault.SwallowReply().ForShare(share));
        }

        var repetitions = 0;
        using (var http = pipeline.CreateClient())
        {
            foreach (var batch in events.Chunk(20))
            {
                while (!await IsAcknowledgedAsync(http, batch))
                {
                    repetitions++;
                }
            }
        }

        var lost = pipeline.Clients.Fired(FaultKind.SwallowReply);
        Assert.Equal(lost, repetitions);
        await pipeline.Clients.HealAsync();
        await pipeline.DrainAsync(DrainLimit);
        await CommonPass.AssertLedgerClosesAsync(pipeline.ReadLedgerAsync, output);
        return (await ViewDigest.OfAsync(pipeline.ClickHouse, output.WriteLine), lost);
    }

    private static async Task<bool> IsAcknowledgedAsync(HttpClient http, string[] batch)
    {
        try
        {
            using var content = new StringContent($$"""{"batch":[{{string.Join(',', batch)}}]}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("/api/public/ingestion", UriKind.Relative), content);
            Assert.Equal(HttpStatusCode.MultiStatus, answer.StatusCode);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
