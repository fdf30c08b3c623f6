using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>All measurements in their order, each with the floors taken in the same run.</summary>
internal static class BenchmarkRun
{
    // A fifth above the 10,000 observations a second that two cores must sustain.
    private const int Rate = 12_000;

    // Twenty million observations a day over ten busy hours are 550 a second; this is almost four times that.
    private const int LiveRate = 2_000;

    /// <summary>Runs them.</summary>
    /// <returns>The exit code: 1 when the whole pipeline lost or doubled anything.</returns>
    internal static async Task<int> RunAsync()
    {
        var results = new Results();
        var gateway = new GatewayMeasurement(results);
        await gateway.RunAsync();
        var isExact = await WithKafkaAsync(async servers =>
        {
            var kafka = new KafkaMeasurement(results, servers);
            var produceFloor = await kafka.ProduceFloorAsync();
            await gateway.RunOverKafkaAsync(servers, await kafka.CreateTopicAsync("gateway"), produceFloor);
            var spans = await kafka.CreateTopicAsync("spans");
            await FillAsync(servers, spans);
            await kafka.ConsumeAsync(spans);
            await using var pipeline = await BenchPipeline.StartAsync(servers);
            var insertFloor = await new StoreMeasurement(results, pipeline).RunAsync(servers, spans);
            var floor = gateway.OtlpFloor + (produceFloor * Bodies.Otlp(0).Length / Bodies.SpansPerBody) + insertFloor;
            return await new PipelineMeasurement(results, pipeline).RunAsync(BenchSetting.Number("BENCH_SECONDS", 60), BenchSetting.Number("BENCH_RATE", Rate), floor);
        });
        results.Report("artifacts/bench/results.json");
        return isExact ? 0 : 1;
    }

    /// <summary>Runs the whole pipeline alone for longer: is its memory flat?</summary>
    /// <returns>The exit code, as of <see cref="RunAsync"/>.</returns>
    internal static async Task<int> SoakAsync()
    {
        var results = new Results();
        var isExact = await WithKafkaAsync(async servers =>
        {
            await using var pipeline = await BenchPipeline.StartAsync(servers);
            return await new PipelineMeasurement(results, pipeline).RunAsync(BenchSetting.Number("BENCH_SECONDS", 600), BenchSetting.Number("BENCH_RATE", Rate), floor: null);
        });
        results.Report("artifacts/bench/soak.json");
        return isExact ? 0 : 1;
    }

    /// <summary>Takes the store away under load: does the gateway notice, is anything lost, and how fast does the backlog drain?</summary>
    /// <returns>The exit code, as of <see cref="RunAsync"/>.</returns>
    internal static async Task<int> OutageAsync()
    {
        var results = new Results();
        var isExact = await WithKafkaAsync(async servers =>
        {
            await using var pipeline = await BenchPipeline.StartAsync(servers);
            return await new OutageMeasurement(results, pipeline).RunAsync(BenchSetting.Number("BENCH_SECONDS", 600), BenchSetting.Number("BENCH_RATE", LiveRate));
        });
        results.Report("artifacts/bench/outage.json");
        return isExact ? 0 : 1;
    }

    /// <summary>Replays thousands of failed batches beside live traffic, kills the replay twice, and replays everything a second time.</summary>
    /// <returns>The exit code, as of <see cref="RunAsync"/>.</returns>
    internal static async Task<int> ReplayAsync()
    {
        var results = new Results();
        var isExact = await WithKafkaAsync(async servers =>
        {
            await using var pipeline = await BenchPipeline.StartAsync(servers, ReplayMeasurement.Settings);
            return await new ReplayMeasurement(results, pipeline).RunAsync(BenchSetting.Number("BENCH_BATCHES", 5_000), BenchSetting.Number("BENCH_RATE", LiveRate));
        });
        results.Report("artifacts/bench/replay.json");
        return isExact ? 0 : 1;
    }

    private static async Task<bool> WithKafkaAsync(Func<string, Task<bool>> measure)
    {
        if (BenchKafka.Start() is not { } kafka)
        {
            Console.WriteLine("skipped what needs Kafka: set KAFKA_HOME or KAFKA_BOOTSTRAP_SERVERS");
            return true;
        }

        await using (kafka)
        {
            return await measure(await kafka.BootstrapServersAsync());
        }
    }

    // What the consumer reads is what the gateway writes.
    private static async Task FillAsync(string servers, string topic)
    {
        const int Requests = 10_000;
        var port = Ports.Free();
        using var gateway = await ChildRole.StartAsync("gateway-kafka", port.ToString(CultureInfo.InvariantCulture), servers, topic);
        var template = new OtlpTemplate();
        var load = new Load(new Uri($"http://127.0.0.1:{port}/api/public/otel/v1/traces"), "application/x-protobuf", template.Stamp, Roles.Authorization);
        for (long sent = 0; sent < Requests;)
        {
            sent += (await load.RunAsync(TimeSpan.FromSeconds(1))).Requests;
        }
    }
}
