using System.Globalization;

namespace Pipeline.EndToEnd.Tests.Convergence;

/// <summary>Events about few entities with many corrections, so that order, duplicates and batch borders would show if they mattered.</summary>
internal static class GeneratedEvents
{
    private const int Traces = 200;

    /// <summary>The events as elements of a batch.</summary>
    internal static List<string> Create(Random random, int count)
    {
        var events = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            events.Add(Event(random, i));
        }

        return events;
    }

    private static string Event(Random random, int number)
    {
        var trace = string.Create(CultureInfo.InvariantCulture, $"trace-{random.Next(Traces)}");
        var entity = string.Create(CultureInfo.InvariantCulture, $"{trace}-{random.Next(5)}");
        var timestamp = string.Create(CultureInfo.InvariantCulture, $"2026-11-20T10:00:{random.Next(20):00}.{random.Next(1000):000}Z");
        var value = string.Create(CultureInfo.InvariantCulture, $"value {random.Next(50)}");
        var (type, body) = random.Next(6) switch
        {
            0 => ("trace-create", $$$"""{"id":"{{{trace}}}","name":"{{{value}}}","tags":["{{{value}}}"],"metadata":{"k{{{random.Next(4)}}}":"{{{value}}}"},"userId":{{{NullOr(random, value)}}}}"""),
            1 => ("span-create", $$$"""{"id":"{{{entity}}}","traceId":"{{{trace}}}","name":"{{{value}}}","startTime":"{{{timestamp}}}","input":{"v":"{{{value}}}"}}"""),
            2 => ("span-update", $$$"""{"id":"{{{entity}}}","traceId":"{{{trace}}}","output":"{{{value}}}","endTime":"{{{timestamp}}}","level":"ERROR"}"""),
            3 => ("generation-create", $$$"""{"id":"{{{entity}}}-g","traceId":"{{{trace}}}","model":"{{{value}}}","usageDetails":{"input":{{{random.Next(9)}}},"output":{{{random.Next(9)}}}}}"""),
            4 => ("generation-update", $$$"""{"id":"{{{entity}}}-g","traceId":"{{{trace}}}","completionStartTime":"{{{timestamp}}}","costDetails":{"total":{{{random.Next(9)}}}.5},"metadata":{"k":[{{{random.Next(9)}}}]}}"""),
            _ => ("score-create", $$$"""{"id":"{{{entity}}}-s","traceId":"{{{trace}}}","name":"{{{value}}}","value":{{{random.Next(9)}}}}"""),
        };
        return $$$"""{"id":"event-{{{number}}}","type":"{{{type}}}","timestamp":"{{{timestamp}}}","body":{{{body}}}}""";
    }

    private static string NullOr(Random random, string value) => random.Next(3) == 0 ? "null" : $"\"{value}\"";
}
