using System.Globalization;
using System.Text;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Testing.States;

/// <summary>Seeded states as real traffic makes them: generations of about 1.4 kB with usage, cost and metadata, twenty to a trace.</summary>
/// <remarks>Texts are words from a large vocabulary, so that they compress about as well as prompts and answers do.</remarks>
public sealed class TypicalStates(Random random)
{
    private const long BaseTime = 1_763_683_200_000_000;
    private const int ObservationsPerTrace = 20;
    private const int Vocabulary = 3_000;

    private static readonly string[] Models = ["gpt-4o-mini", "claude-sonnet-4", "gemini-2.5-flash"];

    private readonly string[] _words = [.. Enumerable.Range(0, Vocabulary).Select(_ => Word(random))];

    /// <summary>A batch of observations and the traces they belong to.</summary>
    public StateBatch Batch(int observations)
    {
        var batch = new StateBatch();
        for (var i = 0; i < observations; i++)
        {
            var trace = i / ObservationsPerTrace;
            var traceId = Utf8Text.From(trace.ToString("x32", CultureInfo.InvariantCulture));
            if (i % ObservationsPerTrace == 0)
            {
                batch.Traces.Add(Trace(traceId, trace));
            }

            batch.Observations.Add(Observation(traceId, i));
        }

        return batch;
    }

    private static string Word(Random random)
    {
        var word = new char[random.Next(2, 10)];
        for (var i = 0; i < word.Length; i++)
        {
            word[i] = (char)('a' + random.Next(26));
        }

        return new string(word);
    }

    private ObservationState Observation(Utf8Text traceId, int number)
    {
        var time = BaseTime + (number * 1_000L) + random.Next(1_000);
        var version = FieldVersion.LastWins(SourceRank.Caller, time, isUpdate: false);
        var state = new ObservationState(new ObservationKey(Utf8Text.From("project-a"), traceId, Utf8Text.From(random.NextInt64().ToString("x16", CultureInfo.InvariantCulture))), time)
        {
            Type = Of(version, "GENERATION"),
            Name = Of(version, "ChatCompletion"),
            StartTime = Register<long>.Of(FieldVersion.FirstWins(SourceRank.Caller, time), time),
            EndTime = Register<long>.Of(version, time + random.Next(2_000_000)),
            ParentObservationId = Of(version, random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)),
            Environment = Of(FieldVersion.FirstWins(SourceRank.Caller, time), "production"),
            Input = Of(version, "[{\"role\":\"user\",\"content\":\"" + Sentence(600) + "\"}]"),
            Output = Of(version, "{\"role\":\"assistant\",\"content\":\"" + Sentence(450) + "\"}"),
            Model = Of(version, Models[random.Next(Models.Length)]),
            ModelParameters = Of(version, "{\"temperature\":0.7,\"max_tokens\":1024}"),
            UsageDetails = Register<UsageMap>.Of(version, UsageMap.From(
                [new(Utf8Text.From("input"), (ulong)random.Next(2_000)), new(Utf8Text.From("output"), (ulong)random.Next(900)), new(Utf8Text.From("total"), (ulong)random.Next(2_900))])),
            CostDetails = Register<CostMap>.Of(version, CostMap.From([new(Utf8Text.From("total"), random.Next(1_000_000))])),
        };
        state.Metadata.Merge(new MetadataEntry(Utf8Text.From("resourceAttributes"), version, Utf8Text.From("{\"service.name\":\"checkout\",\"host.name\":\"web-" + random.Next(40).ToString(CultureInfo.InvariantCulture) + "\"}")));
        state.Metadata.Merge(new MetadataEntry(Utf8Text.From("scope"), version, Utf8Text.From("{\"name\":\"langfuse-sdk\",\"version\":\"4.18.0\"}")));
        return state;
    }

    private TraceState Trace(Utf8Text traceId, int number)
    {
        var time = BaseTime + (number * 20_000L);
        var version = FieldVersion.LastWins(SourceRank.Caller, time, isUpdate: false);
        var state = new TraceState(new TraceKey(Utf8Text.From("project-a"), traceId), time)
        {
            Timestamp = Register<long>.Of(FieldVersion.FirstWins(SourceRank.Caller, time), time),
            Name = Of(version, "checkout-assistant"),
            UserId = Of(version, "user-" + random.Next(5_000).ToString(CultureInfo.InvariantCulture)),
            SessionId = Of(version, "session-" + random.Next(20_000).ToString(CultureInfo.InvariantCulture)),
        };
        state.Tags.Add(Utf8Text.From("web"));
        return state;
    }

    private static Register<Utf8Text> Of(ulong version, string text) => Register<Utf8Text>.Of(version, Utf8Text.From(text));

    private string Sentence(int length)
    {
        var text = new StringBuilder(length + 10);
        while (text.Length < length)
        {
            // Squaring favours the first words, as language does.
            var choice = random.NextDouble();
            text.Append(_words[(int)(choice * choice * Vocabulary)]).Append(' ');
        }

        return text.ToString();
    }
}
