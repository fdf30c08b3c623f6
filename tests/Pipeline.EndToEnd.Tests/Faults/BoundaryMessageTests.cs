using System.Globalization;
using System.Net;
using System.Text;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>Messages of the sizes at which something changes: each is taken whole or refused as a whole, in either tier.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class BoundaryMessageTests(FaultStores stores, ITestOutputHelper output)
{
    private const int Mebibyte = 1024 * 1024;
    private const int MaxIngestionBody = 4_718_592;
    private const int MaxOtlpBody = 20 * Mebibyte;
    private const int MaxSpan = (8 * Mebibyte) - (64 * 1024);
    private const long MaxGrowth = 256L * Mebibyte;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    [LocalFact]
    public Task Sizes_around_every_limit_are_taken_whole_or_refused() => SendAllAsync(kafka: null);

    [LocalKafkaLongFact]
    [Trait("Needs", "Kafka")]
    public async Task Sizes_around_every_limit_are_taken_whole_or_refused_with_Kafka() => await SendAllAsync(await stores.KafkaAsync());

    private async Task SendAllAsync(string? kafka)
    {
        await using var pipeline = await FaultedPipeline.StartAsync(stores, new FaultSetup { Seed = 0, Kafka = kafka });
        using var http = pipeline.CreateClient();
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var taken = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        var refused = 0;
        foreach (var size in new[] { 900_000, Mebibyte - 1, Mebibyte, Mebibyte + 1, MaxIngestionBody - 1, MaxIngestionBody, MaxIngestionBody + 1, 10 * Mebibyte })
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"rest-{size}");
            var (body, inputLength) = Ingestion(id, size);
            var (answered, _) = await SendAsync(http, "/api/public/ingestion", body);
            Assert.Equal(size <= MaxIngestionBody ? HttpStatusCode.MultiStatus : HttpStatusCode.RequestEntityTooLarge, answered);
            if (size <= MaxIngestionBody)
            {
                taken[id] = (1, inputLength);
            }
            else
            {
                refused++;
            }
        }

        const string Traces = "/api/public/otel/v1/traces";
        Assert.Equal((HttpStatusCode.OK, "{}"), await SendAsync(http, Traces, Otlp(spans: 10, isOneTrace: false, 10 * Mebibyte)));
        Assert.Equal((HttpStatusCode.OK, "{}"), await SendAsync(http, Traces, Otlp(spans: 10, isOneTrace: false, MaxOtlpBody)));
        Assert.Equal((HttpStatusCode.OK, "{}"), await SendAsync(http, Traces, Otlp(spans: 10, isOneTrace: true, MaxOtlpBody)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(http, Traces, Otlp(spans: 10, isOneTrace: false, MaxOtlpBody + 1))).Status);

        // A span must fit into a record of 8 MiB; one that does not is rejected by name, as OTLP has it: with 200, so that nobody sends it again.
        Assert.Equal((HttpStatusCode.OK, "{}"), await SendAsync(http, Traces, Otlp(spans: 1, isOneTrace: true, MaxSpan - 1024)));
        var (status, answer) = await SendAsync(http, Traces, Otlp(spans: 1, isOneTrace: true, MaxSpan + 1024));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("rejectedSpans", answer, StringComparison.Ordinal);
        refused += 2;

        await pipeline.DrainAsync(DrainLimit);
        await CommonPass.AssertLedgerClosesAsync(pipeline.ReadLedgerAsync, output);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - memory;
        output.WriteLine($"{taken.Count + 4} taken, {refused} refused, {growth / Mebibyte} MiB more memory held, {Environment.WorkingSet / Mebibyte} MiB in use by client, gateway and writer");
        Assert.Equal(taken, (await pipeline.Rows.InputsAsync()).Where(trace => trace.Key.StartsWith("rest-", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal));
        Assert.Equal(31, (await pipeline.Rows.ObservationsAsync()).Count);
        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static (string Body, int InputLength) Ingestion(string id, int size)
    {
        var head = $$$"""{"batch":[{"id":"{{{id}}}","type":"trace-create","timestamp":"2026-11-20T10:00:00Z","body":{"id":"{{{id}}}","input":" """.TrimEnd();
        const string Tail = "\"}}]}";
        var length = size - head.Length - Tail.Length;
        return (head + new string('x', length) + Tail, length);
    }

    private static string Otlp(int spans, bool isOneTrace, int size)
    {
        var run = Guid.CreateVersion7().ToString("N");
        var body = new StringBuilder("""{"resourceSpans":[{"scopeSpans":[{"spans":[""");
        const string Tail = "]}]}]}";
        for (var i = 0; i < spans; i++)
        {
            var trace = isOneTrace ? run : string.Create(CultureInfo.InvariantCulture, $"{run[..31]}{i:x1}");
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $$$"""{{{(i == 0 ? "" : ",")}}}{"traceId":"{{{trace}}}","spanId":"{{{run[16..31]}}}{{{i:x1}}}","name":"n","startTimeUnixNano":"1763683200000000000","endTimeUnixNano":"1763683201000000000","attributes":[{"key":"langfuse.observation.input","value":{"stringValue":" """).TrimEnd();
            const string End = "\"}}]}";
            var left = (size - Tail.Length - body.Length) / (spans - i);
            var length = left - head.Length - End.Length;
            body.Append(head).Append('x', length).Append(End);
        }

        return body.Append(Tail).ToString();
    }
}
