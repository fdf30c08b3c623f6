using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Pipeline.Benchmarks;

/// <summary>All measurements, each with the floors taken in the same run.</summary>
internal sealed class BenchmarkRun
{
    private const int Runs = 3;
    private const string CpuPerMillion = "CPU-s per million";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly List<Result> _results = [];
    private readonly string _machine = $"{Environment.ProcessorCount} cores, {RuntimeName()}";
    private readonly string _commit = Commit();
    private readonly List<byte[]> _otlp = [.. Enumerable.Range(0, 256).Select(Bodies.Otlp)];
    private readonly List<byte[]> _rest = [.. Enumerable.Range(0, 256).Select(Bodies.Rest)];

    internal static async Task<int> RunAsync()
    {
        var run = new BenchmarkRun();
        await run.MeasureGatewayAsync();
        if (BenchKafka.Start() is { } kafka)
        {
            await using (kafka)
            {
                await run.MeasureKafkaAsync(await kafka.BootstrapServersAsync());
            }
        }
        else
        {
            Console.WriteLine("skipped what needs Kafka: set KAFKA_HOME or KAFKA_BOOTSTRAP_SERVERS");
        }

        run.Report();
        return 0;
    }

    private async Task MeasureGatewayAsync()
    {
        Console.WriteLine($"OTLP body {_otlp[0].Length} bytes of {Bodies.SpansPerBody} spans, REST body {_rest[0].Length} bytes of {Bodies.EventsPerBody} events");
        var floor = await MeasureHttpAsync("floor: kestrel reads OTLP bodies", "read-bodies", [], "/", "application/x-protobuf", _otlp, Bodies.SpansPerBody, null);
        await MeasureHttpAsync("gateway: OTLP, log that takes all", "gateway-null", [], "/api/public/otel/v1/traces", "application/x-protobuf", _otlp, Bodies.SpansPerBody, floor);
        var restFloor = await MeasureHttpAsync("floor: kestrel reads REST bodies", "read-bodies", [], "/", "application/json", _rest, Bodies.EventsPerBody, null);
        await MeasureHttpAsync("gateway: REST, log that takes all", "gateway-null", [], "/api/public/ingestion", "application/json", _rest, Bodies.EventsPerBody, restFloor);
    }

    private async Task MeasureKafkaAsync(string servers)
    {
        const int Records = 6000;
        var topic = "bench." + Guid.NewGuid().ToString("N")[..8];
        await using (var log = Roles.Kafka(servers, topic))
        {
            await log.EnsureTopicAsync(new Buffer.TopicSpec(topic, 4) { ReplicationFactor = 1, MinInSyncReplicas = 1 }, CancellationToken.None);
        }

        var produce = await MedianAsync(async () =>
        {
            using var child = await ChildRole.StartAsync("produce", servers, topic, Records.ToString(CultureInfo.InvariantCulture));
            var before = child.CpuSeconds;
            await child.ReadLineAsync();
            return PerMillion(child.CpuSeconds - before, Records * (long)Bodies.SpansPerBody);
        });
        Add("floor: librdkafka produces the same bytes, LZ4, acks=all", produce, null);
        var kestrel = _results[0].Value;
        var filled = topic + ".filled";
        await using (var log = Roles.Kafka(servers, filled))
        {
            await log.EnsureTopicAsync(new Buffer.TopicSpec(filled, 4) { ReplicationFactor = 1, MinInSyncReplicas = 1 }, CancellationToken.None);
        }

        await MeasureHttpAsync("gateway: OTLP to Kafka, acknowledged", "gateway-kafka", [servers, filled], "/api/public/otel/v1/traces", "application/x-protobuf", _otlp, Bodies.SpansPerBody, kestrel + produce);
        long spans;
        await using (var log = Roles.Kafka(servers, filled))
        {
            await log.OpenAsync(CancellationToken.None);
            spans = (await log.ReadPositionsAsync("nobody", CancellationToken.None)).Sum(position => position.Lag);
        }

        // Each request of 5 traces became up to 4 records; spans are counted from the consumer's own metric below by records x spans per record.
        await MeasureConsumerAsync(servers, filled, spans);
    }

    private async Task MeasureConsumerAsync(string servers, string topic, long records)
    {
        var spans = await CountSpansAsync(servers, topic);
        var value = await MedianAsync(async () =>
        {
            using var child = await ChildRole.StartAsync("consume", servers, topic, "bench-" + Guid.NewGuid().ToString("N")[..8]);
            var before = child.CpuSeconds;
            await child.ReadLineAsync();
            return PerMillion(child.CpuSeconds - before, spans);
        });
        Console.WriteLine($"consumed {records} records of {spans} spans");
        Add("consumer: Kafka to insert-ready block", value, null);
    }

    private static async Task<long> CountSpansAsync(string servers, string topic)
    {
        await using var log = Roles.Kafka(servers, topic);
        await log.OpenAsync(CancellationToken.None);
        long spans = 0;
        foreach (var position in await log.ReadPositionsAsync("nobody", CancellationToken.None))
        {
            await foreach (var source in log.ReadRangeAsync(position.Partition, position.FirstOffset, position.EndOffset, CancellationToken.None))
            {
                _ = Schemas.Records.BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record);
                spans += record!.EventCount;
            }
        }

        return spans;
    }

    private async Task<double> MeasureHttpAsync(
        string name, string role, string[] arguments, string path, string contentType, List<byte[]> bodies, int eventsPerBody, double? floor)
    {
        var last = "";
        var value = await MedianAsync(async () =>
        {
            var port = FreePort();
            using var child = await ChildRole.StartAsync([role, port.ToString(CultureInfo.InvariantCulture), .. arguments]);
            var load = new Load(new Uri($"http://127.0.0.1:{port}{path}"), contentType, bodies, Roles.Authorization);
            await load.RunAsync(WarmUp);
            var before = child.CpuSeconds;
            var (requests, latencies) = await load.RunAsync(Time);
            last = string.Create(CultureInfo.InvariantCulture, $"{requests * eventsPerBody / Time.TotalSeconds:0} events/s, p50 {latencies[latencies.Count / 2]:0.0} ms, p99 {latencies[latencies.Count * 99 / 100]:0.0} ms, {child.ResidentMegabytes:0} MB");
            return PerMillion(child.CpuSeconds - before, requests * eventsPerBody);
        });
        Console.WriteLine($"{name}: {last}");
        Add(name, value, floor);
        return value;
    }

    private static async Task<double> MedianAsync(Func<Task<double>> measure)
    {
        var values = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            values.Add(await measure());
        }

        values.Sort();
        return values[Runs / 2];
    }

    private void Add(string name, double value, double? floor) =>
        _results.Add(new Result(name, CpuPerMillion, Math.Round(value, 2), floor is { } given ? Math.Round(given, 2) : null, floor is > 0 ? Math.Round(value / floor.Value, 2) : null, _machine, _commit));

    private void Report()
    {
        Directory.CreateDirectory("artifacts/bench");
        File.WriteAllText("artifacts/bench/results.json", JsonSerializer.Serialize(_results, Json));
        Console.WriteLine($"\n{"",-60} {CpuPerMillion,18} {"floor",8} {"ratio",6}");
        foreach (var result in _results)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name,-60} {result.Value,18:0.00} {result.Floor,8:0.00} {result.Ratio,6:0.00}"));
        }
    }

    private static double PerMillion(double seconds, long events) => seconds * 1_000_000 / events;

    private static string RuntimeName() => System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription;

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "--short", "HEAD"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
