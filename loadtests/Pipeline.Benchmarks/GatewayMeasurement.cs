using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>What the gateway costs, against a server that only reads the same bodies.</summary>
internal sealed class GatewayMeasurement(Results results)
{
    private const string OtlpPath = "/api/public/otel/v1/traces";
    private const string RestPath = "/api/public/ingestion";
    private const int DistinctBodies = 256;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    private readonly List<byte[]> _otlp = [.. Enumerable.Range(0, DistinctBodies).Select(Bodies.Otlp)];
    private readonly List<byte[]> _rest = [.. Enumerable.Range(0, DistinctBodies).Select(Bodies.Rest)];
    private double _otlpFloor;
    private double _restFloor;

    /// <summary>CPU-seconds per million spans of reading OTLP bodies.</summary>
    internal double OtlpFloor => _otlpFloor;

    /// <summary>The gateway over a log that takes everything at once.</summary>
    internal async Task RunAsync()
    {
        Console.WriteLine($"OTLP body {_otlp[0].Length} bytes of {Bodies.SpansPerBody} spans, REST body {_rest[0].Length} bytes of {Bodies.EventsPerBody} events");
        _otlpFloor = await MeasureOtlpAsync("floor: kestrel reads OTLP bodies", "read-bodies", [], null);
        await MeasureOtlpAsync("gateway: OTLP, log that takes all", "gateway-null", [], _otlpFloor);
        _restFloor = await MeasureRestAsync("floor: kestrel reads REST bodies", "read-bodies", [], null);
        await MeasureRestAsync("gateway: REST, log that takes all", "gateway-null", [], _restFloor);
    }

    /// <summary>The gateway over Kafka, answering after its acknowledgement.</summary>
    /// <param name="servers">Brokers.</param>
    /// <param name="topic">Where to.</param>
    /// <param name="produceFloor">CPU-seconds per megabyte of producing the same bytes.</param>
    internal async Task RunOverKafkaAsync(string servers, string topic, double produceFloor)
    {
        var produceOtlp = produceFloor * _otlp[0].Length / Bodies.SpansPerBody;
        var produceRest = produceFloor * _rest[0].Length / Bodies.EventsPerBody;
        await MeasureOtlpAsync("gateway: OTLP to Kafka, acknowledged", "gateway-kafka", [servers, topic], _otlpFloor + produceOtlp);
        await MeasureRestAsync("gateway: REST to Kafka, acknowledged", "gateway-kafka", [servers, topic], _restFloor + produceRest);
    }

    private Task<double> MeasureOtlpAsync(string name, string role, string[] arguments, double? floor) =>
        MeasureAsync(name, role, arguments, OtlpPath, "application/x-protobuf", _otlp, Bodies.SpansPerBody, floor);

    private Task<double> MeasureRestAsync(string name, string role, string[] arguments, double? floor) =>
        MeasureAsync(name, role, arguments, RestPath, "application/json", _rest, Bodies.EventsPerBody, floor);

    private async Task<double> MeasureAsync(
        string name, string role, string[] arguments, string path, string contentType, List<byte[]> bodies, int eventsPerBody, double? floor)
    {
        var last = "";
        var allocated = 0.0;
        var value = await Median.OfAsync(async () =>
        {
            var port = Ports.Free();
            using var child = await ChildRole.StartAsync([role, port.ToString(CultureInfo.InvariantCulture), .. arguments]);
            var load = new Load(new Uri($"http://127.0.0.1:{port}{path}"), contentType, number => bodies[number % bodies.Count], Roles.Authorization);
            await load.RunAsync(WarmUp);
            var cpuBefore = child.CpuSeconds;
            var allocatedBefore = await child.AllocatedBytesAsync();
            var report = await load.RunAsync(Time);
            var events = report.Requests * eventsPerBody;
            allocated = (await child.AllocatedBytesAsync() - allocatedBefore) / events;
            last = string.Create(
                CultureInfo.InvariantCulture,
                $"{events / Time.TotalSeconds:0} events/s, p50 {report.Percentile(50):0.0} ms, p99 {report.Percentile(99):0.0} ms, {child.ResidentMegabytes:0} MB");
            return (child.CpuSeconds - cpuBefore) * 1_000_000 / events;
        });
        Console.WriteLine($"{name}: {last}");
        results.Add(name, Results.CpuPerMillion, value, floor);
        results.Add($"{name}, allocated", "bytes per event", allocated);
        return value;
    }
}
