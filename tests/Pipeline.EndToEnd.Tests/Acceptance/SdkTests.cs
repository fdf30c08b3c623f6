using System.Text.Json;
using Pipeline.Testing.Time;

namespace Pipeline.EndToEnd.Tests.Acceptance;

/// <summary>Unmodified SDKs send one trace each; `pipeline trace` shows every field they set.</summary>
[Trait("Category", "Acceptance")]
public sealed class SdkTests
{
    private static readonly TimeSpan VisibleLimit = TimeSpan.FromSeconds(15);

    [LocalFact]
    public async Task Traces_of_real_sdks_are_read_back_with_every_field_right()
    {
        await using var pipeline = await PipelineProcess.StartAsync();
        await AssertSdkTracesAsync(pipeline);
    }

    [LocalKafkaFact]
    [Trait("Needs", "Kafka")]
    public async Task Traces_of_real_sdks_come_through_kafka_and_two_consumers()
    {
        await using var pipeline = await PipelineProcess.StartAsync(tier: "kafka", consumers: 2);
        await AssertSdkTracesAsync(pipeline);
    }

    private static async Task AssertSdkTracesAsync(PipelineProcess pipeline)
    {
        AssertClassic(await SendAndReadAsync(pipeline, "langfuse-trace.mjs"));
        AssertOtel(await SendAndReadAsync(pipeline, "langfuse-otel-trace.mjs"));
        AssertPlainOtlp(await SendAndReadAsync(pipeline, "otlp-trace.mjs"));
        var (exitCode, ledger, _) = await pipeline.RunAsync("ledger");
        Assert.True(exitCode == 0, ledger);
    }

    private static void AssertClassic(JsonElement document)
    {
        var trace = document.GetProperty("trace");
        AssertText(trace, "name", "answer-question");
        AssertText(trace, "user_id", "user-7");
        AssertText(trace, "session_id", "session-3");
        AssertText(trace, "release", "2026.11");
        AssertText(trace, "version", "1.2.0");
        AssertText(trace, "input", """{"question":"Wie spät ist es? 🕰"}""");
        AssertText(trace, "output", """{"answer":"Es ist zehn Uhr."}""");
        Assert.Equal("""["classic","demo"]""", trace.GetProperty("tags").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));
        AssertText(trace.GetProperty("metadata"), "tenant", "acme");
        AssertText(trace.GetProperty("metadata"), "plan", """{"seats":12}""");

        var traceId = trace.GetProperty("id").GetString()!;
        var retrieve = Observation(document, "retrieve");
        AssertText(retrieve, "id", traceId + "-retrieve");
        AssertText(retrieve, "type", "SPAN");
        AssertText(retrieve, "start_time", "2026-11-20T10:00:01.123000Z");
        AssertText(retrieve, "output", """{"documents":2}""");
        AssertText(Observation(document, "rank"), "parent_observation_id", traceId + "-retrieve");
        AssertText(Observation(document, "rank"), "output", """["d1","d2"]""");

        var generation = Observation(document, "answer");
        AssertText(generation, "type", "GENERATION");
        AssertText(generation, "provided_model_name", "gpt-4o");
        AssertText(generation, "model_parameters", """{"temperature":0.2}""");
        AssertText(generation, "input", """[{"role":"user","content":"Wie spät ist es?"}]""");
        AssertUsage(generation, ("input", 128), ("output", 42), ("cache_read_input_tokens", 64), ("total", 234));
        Assert.Equal(0.003, generation.GetProperty("total_cost").GetDouble());
        AssertScore(document, 0.9, "kurz und richtig");
    }

    private static void AssertOtel(JsonElement document)
    {
        var trace = document.GetProperty("trace");
        AssertText(trace, "name", "chat-request");
        AssertText(trace, "user_id", "user-8");
        AssertText(trace, "session_id", "session-4");
        AssertText(trace, "environment", "staging");
        AssertText(trace, "release", "2026.11");
        AssertText(trace.GetProperty("metadata"), "tenant", "acme");

        var root = Observation(document, "handle-request");
        AssertText(root, "input", """{"question":"What is the time?"}""");
        AssertText(root, "output", """{"answer":"It is ten."}""");
        var tool = Observation(document, "clock");
        AssertText(tool, "type", "TOOL");
        AssertText(tool, "parent_observation_id", root.GetProperty("id").GetString()!);
        AssertText(tool, "output", """{"time":"10:00"}""");
        var generation = Observation(document, "answer");
        AssertText(generation, "type", "GENERATION");
        AssertText(generation, "provided_model_name", "gpt-4o");
        AssertText(generation, "output", "It is ten.");
        AssertUsage(generation, ("input", 128), ("output", 42), ("total", 170));
        AssertScore(document, 0.8, "right");
    }

    private static void AssertPlainOtlp(JsonElement document)
    {
        AssertText(document.GetProperty("trace"), "name", "checkout");
        AssertText(document.GetProperty("trace"), "user_id", "user-9");
        AssertText(document.GetProperty("trace"), "environment", "staging");
        var generation = Observation(document, "chat gpt-4o");
        AssertText(generation, "type", "GENERATION");
        AssertText(generation, "parent_observation_id", Observation(document, "checkout").GetProperty("id").GetString()!);
        AssertText(generation, "input", """[{"role":"user","content":"Hello"}]""");
        AssertText(generation, "output", """[{"role":"assistant","content":"Hi"}]""");
        AssertUsage(generation, ("input", 128), ("output", 42));
    }

    private static async Task<JsonElement> SendAndReadAsync(PipelineProcess pipeline, string script)
    {
        using var sent = JsonDocument.Parse(await pipeline.SendWithAsync(script));
        var traceId = sent.RootElement.GetProperty("traceId").GetString()!;
        var observations = sent.RootElement.GetProperty("observations").GetInt32();
        var scores = sent.RootElement.GetProperty("scores").GetInt32();
        return await Until.ValueAsync<JsonElement>($"trace {traceId} to be whole", VisibleLimit, async () =>
        {
            var (exitCode, json, _) = await pipeline.RunAsync("trace", traceId, "--json");
            if (exitCode != 0)
            {
                return null;
            }

            using var documents = JsonDocument.Parse(json);
            var document = documents.RootElement[0].Clone();
            return document.GetProperty("observations").GetArrayLength() == observations && document.GetProperty("scores").GetArrayLength() == scores ? document : null;
        });
    }

    private static JsonElement Observation(JsonElement document, string name) =>
        Assert.Single(document.GetProperty("observations").EnumerateArray(), observation => observation.GetProperty("name").GetString() == name);

    private static void AssertText(JsonElement row, string field, string expected) => Assert.Equal(expected, row.GetProperty(field).GetString());

    private static void AssertUsage(JsonElement generation, params (string Key, long Count)[] expected) =>
        Assert.All(expected, usage => Assert.Equal(usage.Count, generation.GetProperty("usage_details").GetProperty(usage.Key).GetInt64()));

    private static void AssertScore(JsonElement document, double value, string comment)
    {
        var score = Assert.Single(document.GetProperty("scores").EnumerateArray());
        AssertText(score, "name", "helpfulness");
        AssertText(score, "comment", comment);
        AssertText(score, "data_type", "NUMERIC");
        Assert.Equal(value, score.GetProperty("value").GetDouble());
    }
}
