using System.Globalization;
using Pipeline.Schemas;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Testing.States;

/// <summary>Seeded random states of few entities with few distinct versions and values, so that ties and nulls are frequent.</summary>
/// <param name="random">Where they come from.</param>
/// <param name="spread">How many times as many entities: with 1 there are 24 observations, 10 traces and 10 scores.</param>
public sealed class RandomStates(Random random, int spread = 1)
{
    private const long BaseTime = 1_763_683_200_000_000;
    private static readonly string[] Values = ["", "a", "b", "ab", "ä", "日本", "\U0001F30D", "{\"k\":[1,null]}", "line\nbreak\t\\ 'quote'"];

    public ObservationState Observation()
    {
        var state = new ObservationState(new ObservationKey(AnyId("p", 2), AnyId("t", 3), AnyId("o", 4 * spread)), CreatedAt())
        {
            Type = Register(() => random.Next(2) == 0 ? Utf8Text.From("SPAN") : Utf8Text.From("GENERATION")),
            Name = Register(AnyText),
            StartTime = FirstWins(AnyTime),
            EndTime = Register(AnyTime),
            CompletionStartTime = Register(AnyTime),
            ParentObservationId = Register(AnyText),
            Environment = FirstWins(AnyText),
            Level = Register(AnyText),
            StatusMessage = Register(AnyText),
            AppVersion = Register(AnyText),
            Input = Register(AnyText),
            Output = Register(AnyText),
            Model = Register(AnyText),
            ModelParameters = Register(AnyText),
            Prompt = NeverNull(() => new PromptLink(AnyText(), (uint)random.Next(3))),
            UsageDetails = NeverNull(() => UsageMap.From(Entries(() => (ulong)random.Next(3)))),
            CostDetails = NeverNull(() => CostMap.From(Entries(() => random.Next(3) * CostMap.UnitsPerDollar / 8))),
        };
        AddMetadata(state.Metadata);
        return state;
    }

    public TraceState Trace()
    {
        var state = new TraceState(new TraceKey(AnyId("p", 2), AnyId("t", 5 * spread)), CreatedAt())
        {
            Timestamp = FirstWins(AnyTime),
            Name = Register(AnyText),
            UserId = Register(AnyText),
            SessionId = Register(AnyText),
            Environment = FirstWins(AnyText),
            Release = Register(AnyText),
            AppVersion = Register(AnyText),
            IsPublic = Register(() => random.Next(2) == 0),
            Input = Register(AnyText),
            Output = Register(AnyText),
        };
        for (var i = random.Next(3); i > 0; i--)
        {
            state.Tags.Add(AnyText());
        }

        AddMetadata(state.Metadata);
        return state;
    }

    public ScoreState Score()
    {
        var state = new ScoreState(new ScoreKey(AnyId("p", 2), AnyId("s", 5 * spread)), CreatedAt())
        {
            Timestamp = FirstWins(AnyTime),
            TraceId = FirstWins(AnyText),
            ObservationId = Register(AnyText),
            SessionId = Register(AnyText),
            DatasetRunId = Register(AnyText),
            Name = Register(AnyText),
            Environment = FirstWins(AnyText),
            Source = Register(AnyText),
            DataType = Register(AnyText),
            Value = Register(() => (random.Next(9) - 4) / 4.0),
            StringValue = Register(AnyText),
            LongStringValue = Register(AnyText),
            Comment = Register(AnyText),
            ConfigId = Register(AnyText),
            QueueId = Register(AnyText),
            ExecutionTraceId = Register(AnyText),
        };
        AddMetadata(state.Metadata);
        return state;
    }

    private Utf8Text AnyId(string prefix, int choices) => Utf8Text.From(prefix + random.Next(choices).ToString(CultureInfo.InvariantCulture));

    private Utf8Text AnyText() => Utf8Text.From(Values[random.Next(Values.Length)]);

    private long AnyTime() => BaseTime + random.Next(4);

    private long CreatedAt() => BaseTime + (random.Next(2) * 86_400L * UnixMicros.PerSecond) + random.Next(3);

    private ulong LastVersion() =>
        FieldVersion.LastWins((SourceRank)random.Next(1, 4), BaseTime + random.Next(3), random.Next(2) == 0);

    private Register<T> Register<T>(Func<T> value)
        where T : struct, IComparable<T>, IEquatable<T> => random.Next(4) switch
        {
            0 => default,
            1 => Storage.Merging.Register<T>.Null(LastVersion()),
            _ => Storage.Merging.Register<T>.Of(LastVersion(), value()),
        };

    private Register<T> FirstWins<T>(Func<T> value)
        where T : struct, IComparable<T>, IEquatable<T> =>
        random.Next(4) == 0
            ? default
            : Storage.Merging.Register<T>.Of(FieldVersion.FirstWins((SourceRank)random.Next(1, 4), BaseTime + random.Next(3)), value());

    private Register<T> NeverNull<T>(Func<T> value)
        where T : struct, IComparable<T>, IEquatable<T> => random.Next(3) == 0 ? default : Storage.Merging.Register<T>.Of(LastVersion(), value());

    private List<KeyValuePair<Utf8Text, T>> Entries<T>(Func<T> value)
    {
        var entries = new List<KeyValuePair<Utf8Text, T>>();
        for (var i = random.Next(4); i > 0; i--)
        {
            entries.Add(new(AnyText(), value()));
        }

        return entries;
    }

    private void AddMetadata(MetadataEntries metadata)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            metadata.Merge(new MetadataEntry(AnyText(), LastVersion(), AnyText()));
        }
    }
}
