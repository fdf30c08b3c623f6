using System.Globalization;
using Pipeline.Benchmarks;

switch (args)
{
    case ["read-bodies", var port]: await Roles.ReadBodiesAsync(int.Parse(port, CultureInfo.InvariantCulture)); break;
    case ["gateway-null", var port]: await Roles.GatewayAsync(int.Parse(port, CultureInfo.InvariantCulture), new NullLog()); break;
    case ["gateway-kafka", var port, var servers, var topic]: await Roles.GatewayAsync(int.Parse(port, CultureInfo.InvariantCulture), Roles.Kafka(servers, topic)); break;
    case ["produce", var servers, var topic, var records]: await Roles.ProduceAsync(Roles.Kafka(servers, topic), int.Parse(records, CultureInfo.InvariantCulture)); break;
    case ["consume", var servers, var topic, var group]: await Roles.ConsumeAsync(Roles.Kafka(servers, topic), new PreparingStore(), group); break;
    case ["insert-block", var servers, var topic, var engine, var database, var inserts]:
        await Roles.InsertBlockAsync(Roles.Kafka(servers, topic), new Uri(engine), database, int.Parse(inserts, CultureInfo.InvariantCulture));
        break;
    case ["soak"]: return await BenchmarkRun.SoakAsync();
    case ["outage"]: return await BenchmarkRun.OutageAsync();
    case ["replay"]: return await BenchmarkRun.ReplayAsync();
    default: return await BenchmarkRun.RunAsync();
}

return 0;
