using System.Diagnostics;
using System.Net;
using System.Text;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Kafka;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>The log is out of reach: clients are told so in time, memory stays bounded, and everything goes on by itself.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class LogOutageTests(FaultStores stores, ITestOutputHelper output)
{
    private const long MaxGrowth = 200L * 1024 * 1024;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(FaultRounds.IsLong ? 60 : 3);

    [LocalFact]
    public Task A_log_in_Postgres_that_never_answers_is_answered_503_in_time() => CutOffPostgresAsync(Fault.Hang());

    [LocalLongFact]
    public Task A_log_in_Postgres_that_nobody_serves_is_answered_503_in_time() => CutOffPostgresAsync(Fault.Refuse());

    [LocalLongFact]
    public Task A_log_in_Postgres_that_died_unnoticed_is_answered_503_in_time() => CutOffPostgresAsync(Fault.HalfOpen());

    [LocalFact]
    public async Task A_Postgres_that_is_shut_down_at_once_and_started_again_is_used_again()
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        try
        {
            await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = FaultSeed.Choose(output), Postgres = server });
            await InterruptAsync(pipeline, server.StopImmediatelyAsync, server.StartAsync);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [LocalBrokersLongFact]
    [Trait("Needs", "Kafka")]
    public async Task A_broker_that_stands_still_is_answered_503_in_time()
    {
        var cluster = await KafkaCluster.StartAsync(nodes: 1);
        try
        {
            await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = FaultSeed.Choose(output), Kafka = cluster.BootstrapServers });
            await InterruptAsync(pipeline, () => cluster.FreezeAsync(1), () => cluster.ThawAsync(1));
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    [LocalKafkaLongFact]
    [Trait("Needs", "Kafka")]
    public async Task With_Kafka_a_Postgres_that_is_away_is_not_missed_by_known_keys()
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        try
        {
            var setup = new FaultSetup { Seed = FaultSeed.Choose(output), Kafka = await stores.KafkaAsync(), Postgres = server };
            await using var pipeline = await FaultedPipeline.StartAsync(stores, setup);
            await using var traffic = pipeline.CreateTraffic();
            traffic.Start(senders: 2);
            await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);

            await server.StopImmediatelyAsync();
            var retries = traffic.Retries;
            await Task.Delay(Outage);
            await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);
            Assert.Equal(retries, traffic.Retries);
            await server.StartAsync();

            await FinishAsync(pipeline, traffic);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private async Task CutOffPostgresAsync(Fault fault)
    {
        await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = FaultSeed.Choose(output) });
        await InterruptAsync(pipeline, () => pipeline.Postgres.SetAsync(fault), pipeline.Postgres.HealAsync);
        Assert.True(pipeline.Postgres.Fired(fault.Kind) > 0, "the fault did not fire");
    }

    private async Task InterruptAsync(FaultedPipeline pipeline, Func<Task> breakAsync, Func<Task> healAsync)
    {
        await using var traffic = pipeline.CreateTraffic();
        traffic.Start(senders: 2);
        await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);

        using var process = Process.GetCurrentProcess();
        var (memory, retries) = (process.WorkingSet64, traffic.Retries);
        await breakAsync();
        using var http = pipeline.CreateClient();
        var slowest = TimeSpan.Zero;
        for (var outage = Stopwatch.StartNew(); outage.Elapsed < Outage;)
        {
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, (await AssertRefusedAsync(http)).Ticks));
        }

        process.Refresh();
        var growth = process.WorkingSet64 - memory;
        await healAsync();
        var recovery = Stopwatch.StartNew();
        await Until.TrueAsync("an event to be taken again", RecoveryLimit, async () =>
        {
            using var answer = await SendAsync(http);
            return answer.StatusCode == HttpStatusCode.MultiStatus;
        });

        output.WriteLine($"slowest 503 after {slowest.TotalSeconds:0.0} s, {growth / 1024 / 1024} MiB more memory, taken again after {recovery.Elapsed.TotalSeconds:0.0} s, {traffic.Retries - retries} requests sent again");
        Assert.True(traffic.Retries > retries, "the fault did not fire");
        Assert.InRange(slowest, TimeSpan.Zero, AnswerLimit);
        Assert.InRange(growth, long.MinValue, MaxGrowth);
        await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);
        await FinishAsync(pipeline, traffic);
    }

    private async Task FinishAsync(FaultedPipeline pipeline, Traffic traffic)
    {
        await traffic.StopAsync();
        await pipeline.DrainAsync(DrainLimit);
        await CommonPass.AssertAsync(pipeline.ReadLedgerAsync, traffic, pipeline.Rows, output);
    }

    private static async Task<TimeSpan> AssertRefusedAsync(HttpClient http)
    {
        var elapsed = Stopwatch.StartNew();
        using var answer = await SendAsync(http);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        return elapsed.Elapsed;
    }

    // A score of no trace that traffic counts: it takes the whole path, and the check of the traffic does not see it.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient http)
    {
        using var content = new StringContent(
            """{"batch":[{"id":"probe","type":"score-create","timestamp":"2026-11-20T10:00:00Z","body":{"id":"probe","traceId":"probe","name":"probe","value":1}}]}""",
            Encoding.UTF8,
            "application/json");
        return await http.PostAsync(new Uri("/api/public/ingestion", UriKind.Relative), content);
    }
}
