using System.Diagnostics;
using Pipeline.Storage;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>ClickHouse is away, hangs, loses its answers or gets half of a request, while events come in.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class StoreOutageTests(FaultStores stores, ITestOutputHelper output)
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(FaultRounds.IsLong ? 60 : 3);

    [LocalLongFact]
    public Task A_store_that_refuses_stops_no_client_and_is_caught_up_with() => InterruptAsync(kafka: null, Fault.Refuse(), Outage);

    [LocalFact]
    public Task A_store_that_hangs_is_given_up_in_time_and_its_member_keeps_its_partitions() => InterruptAsync(kafka: null, Fault.Hang(), Outage);

    [LocalKafkaLongFact]
    [Trait("Needs", "Kafka")]
    public async Task A_store_that_hangs_for_longer_than_a_session_of_kafka_costs_no_member_its_partitions() =>
        await InterruptAsync(await stores.KafkaAsync(), Fault.Hang(), TimeSpan.FromSeconds(60));

    [LocalLongFact]
    public Task A_store_that_dies_half_open_is_given_up_in_time() => InterruptAsync(kafka: null, Fault.HalfOpen(), Outage);

    [LocalLongFact]
    public Task Answers_of_the_store_that_are_lost_make_it_get_batches_twice_and_show_nothing_twice() =>
        DisturbAsync(_ => Fault.SwallowReply().ForShare(0.3));

    [LocalLongFact]
    public Task Requests_to_the_store_that_are_cut_leave_no_part_of_a_batch_behind() =>
        DisturbAsync(random => Fault.Cut(Flow.Request, random.Next(200, 30_000), isReset: random.Next(2) == 0).ForShare(0.5));

    private async Task InterruptAsync(string? kafka, Fault fault, TimeSpan time)
    {
        var seed = FaultSeed.Choose(output);
        var setup = new FaultSetup { Seed = seed, Kafka = kafka, InsertTimeout = TimeSpan.FromSeconds(1) };
        await using var pipeline = await FaultedPipeline.StartAsync(stores, setup);
        await using var traffic = pipeline.CreateTraffic();
        traffic.Start(senders: 2);
        await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);
        var owners = kafka is null ? await pipeline.OwnersAsync() : [];

        await pipeline.Store.SetAsync(fault);
        var (before, retries) = (traffic.Acknowledged.Count, traffic.Retries);
        await Task.Delay(time);
        var during = traffic.Acknowledged.Count - before;
        await pipeline.Store.HealAsync();
        var recovery = Stopwatch.StartNew();
        await CommonPass.AssertVisibleAgainAsync(traffic, pipeline.Rows);

        output.WriteLine($"{fault.Kind}: fired {pipeline.Store.Fired(fault.Kind)} times, {during} acknowledged in {time.TotalSeconds:0} s, visible again after {recovery.Elapsed.TotalSeconds:0.0} s");
        Assert.True(pipeline.Store.Fired(fault.Kind) > 0, "the fault did not fire");
        Assert.True(during > 0, "clients were stopped by the store's outage");
        Assert.Equal(retries, traffic.Retries);
        Assert.NotEmpty(pipeline.Inserts.Failures);
        Assert.All(pipeline.Inserts.Failures, failure => Assert.Equal(InsertOutcome.Unavailable, failure.Outcome));
        if (fault.Kind is FaultKind.Hang or FaultKind.HalfOpen)
        {
            Assert.Contains(pipeline.Inserts.Failures, failure => failure.Reason!.Contains("no answer within", StringComparison.Ordinal));
        }

        Assert.Equal(0, pipeline.Inserts.Redelivered);
        if (kafka is null)
        {
            Assert.Equal(owners, await pipeline.OwnersAsync());
        }

        await FinishAsync(pipeline, traffic);
    }

    private async Task DisturbAsync(Func<Random, Fault> choose)
    {
        var seed = FaultSeed.Choose(output);
        var random = new Random(seed);
        await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = seed, InsertTimeout = TimeSpan.FromSeconds(2) });
        await using var traffic = pipeline.CreateTraffic();
        traffic.Start(senders: 2);
        var kind = FaultKind.Cut;
        for (var round = FaultRounds.Or(sample: 1); round > 0; round--)
        {
            var fault = choose(random);
            kind = fault.Kind;
            var before = pipeline.Store.Fired(kind);
            await pipeline.Store.SetAsync(fault);
            await Until.TrueAsync($"{kind} to fire twice", CatchUpLimit, () => pipeline.Store.Fired(kind) >= before + 2);
        }

        await pipeline.Store.HealAsync();
        output.WriteLine($"{kind}: fired {pipeline.Store.Fired(kind)} times, {pipeline.Inserts.Failures.Count} inserts failed");
        Assert.True(pipeline.Store.Fired(kind) > 0, "the fault did not fire");
        Assert.NotEmpty(pipeline.Inserts.Failures);
        await FinishAsync(pipeline, traffic);
    }

    private async Task FinishAsync(FaultedPipeline pipeline, Traffic traffic)
    {
        await traffic.StopAsync();
        await pipeline.DrainAsync(CatchUpLimit);
        await CommonPass.AssertAsync(pipeline.ReadLedgerAsync, traffic, pipeline.Rows, output);
    }
}
