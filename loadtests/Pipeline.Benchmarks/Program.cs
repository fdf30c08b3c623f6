using System.Globalization;
using Pipeline.Benchmarks;

switch (args)
{
    case ["read-bodies", var port]: await Roles.ReadBodiesAsync(int.Parse(port, CultureInfo.InvariantCulture)); break;
    case ["gateway-null", var port]: await Roles.GatewayAsync(int.Parse(port, CultureInfo.InvariantCulture), new NullLog()); break;
    case ["gateway-kafka", var port, var servers, var topic]: await Roles.GatewayAsync(int.Parse(port, CultureInfo.InvariantCulture), Roles.Kafka(servers, topic)); break;
    case ["produce", var servers, var topic, var records]: await Roles.ProduceAsync(Roles.Kafka(servers, topic), int.Parse(records, CultureInfo.InvariantCulture)); break;
    case ["consume", var servers, var topic, var group]: await Roles.ConsumeAsync(Roles.Kafka(servers, topic), new PreparingStore(), group); break;
    default: return await BenchmarkRun.RunAsync();
}

return 0;
