using System.Diagnostics;
using System.Net;
using System.Text;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>The log was away; when it is back, 200 clients send at once what they kept.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class HerdTests(FaultStores stores, ITestOutputHelper output)
{
    private const int Clients = 200;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(120);

    [LocalFact]
    public async Task A_herd_after_an_outage_is_served_and_does_not_shut_out_others()
    {
        await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = FaultSeed.Choose(output) });
        using var neighbour = pipeline.CreateClient(await pipeline.CreateKeyAsync("neighbour"));
        var calm = await LatenciesAsync(neighbour, Task.Delay(TimeSpan.FromSeconds(1)));

        await pipeline.Postgres.SetAsync(Fault.Refuse());
        await using var herd = pipeline.CreateTraffic();
        herd.Start(Clients, FaultRounds.Or(sample: 1) * 3);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var refused = herd.Retries;
        await pipeline.Postgres.HealAsync();
        var elapsed = Stopwatch.StartNew();
        var served = herd.FinishAsync();
        var busy = await LatenciesAsync(neighbour, served);
        await served;

        output.WriteLine($"{refused} requests refused before, {herd.Acknowledged.Count} observations of {Clients} clients taken in {elapsed.Elapsed.TotalSeconds:0.0} s; a neighbour's p99 was {P99(calm):0} ms and became {P99(busy):0} ms");
        Assert.True(refused >= Clients, "the fault did not fire: the herd was not held back");
        Assert.True(pipeline.Postgres.Fired(FaultKind.Refuse) > 0, "the fault did not fire");
        Assert.InRange(P99(busy), 0, AnswerLimit.TotalMilliseconds);
        await pipeline.DrainAsync(DrainLimit);
        await CommonPass.AssertAsync(pipeline.ReadLedgerAsync, herd, pipeline.Rows, output);
    }

    private static double P99(List<double> latencies) => latencies.Order().ElementAt((int)(latencies.Count * 0.99));

    // One request after the other with a pause: what a small project sees. Each is answered, if only by 503.
    private static async Task<List<double>> LatenciesAsync(HttpClient http, Task until)
    {
        var latencies = new List<double>();
        do
        {
            var elapsed = Stopwatch.StartNew();
            using var content = new StringContent(
                """{"batch":[{"id":"n","type":"score-create","timestamp":"2026-11-20T10:00:00Z","body":{"id":"n","traceId":"n","name":"n","value":1}}]}""",
                Encoding.UTF8,
                "application/json");
            using var answer = await http.PostAsync(new Uri("/api/public/ingestion", UriKind.Relative), content);
            Assert.True(answer.StatusCode is HttpStatusCode.MultiStatus or HttpStatusCode.ServiceUnavailable, $"unexpected status {answer.StatusCode}");
            latencies.Add(elapsed.Elapsed.TotalMilliseconds);
            await Task.Delay(20);
        }
        while (!until.IsCompleted);
        return latencies;
    }
}
