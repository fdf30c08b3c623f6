using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Pipeline.Storage.Replays;

/// <summary>Where a piece of a replay is read from.</summary>
/// <remarks>
/// The text form is stored and shown: <c>batch:ID</c>, <c>log:TOPIC/PARTITION/FROM-TO</c> and <c>archive:TOPIC/PARTITION/FROM-TO</c>, the
/// last offset exclusive.
/// </remarks>
public sealed partial record ReplaySource
{
    /// <summary>The failed batch; null for a range.</summary>
    public Guid? BatchId { get; private init; }

    /// <summary>Whether a range is read from the archive instead of the log.</summary>
    public bool IsArchived { get; private init; }

    /// <summary>Topic of a range.</summary>
    public string Topic { get; private init; } = "";

    /// <summary>Partition of a range.</summary>
    public int Partition { get; private init; }

    /// <summary>First offset of a range.</summary>
    public long FromOffset { get; private init; }

    /// <summary>Offset behind the last of a range.</summary>
    public long ToOffset { get; private init; }

    /// <summary>A failed batch.</summary>
    public static ReplaySource Batch(Guid id) => new() { BatchId = id };

    /// <summary>Offsets that the log still holds.</summary>
    public static ReplaySource Log(string topic, int partition, long fromOffset, long toOffset) =>
        new() { Topic = topic, Partition = partition, FromOffset = fromOffset, ToOffset = toOffset };

    /// <summary>Offsets that the archive holds.</summary>
    public static ReplaySource Archive(string topic, int partition, long fromOffset, long toOffset) =>
        Log(topic, partition, fromOffset, toOffset) with { IsArchived = true };

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static ReplaySource Parse(string text)
    {
        if (text.StartsWith("batch:", StringComparison.Ordinal) && Guid.TryParse(text.AsSpan(6), out var id))
        {
            return Batch(id);
        }

        var match = Range().Match(text);
        return match.Success
            ? Log(match.Groups["topic"].Value, Number<int>(match, "partition"), Number<long>(match, "from"), Number<long>(match, "to")) with { IsArchived = match.Groups["kind"].Value == "archive" }
            : throw new FormatException($"'{text}' is no source of a replay");
    }

    /// <inheritdoc />
    public override string ToString() => BatchId is { } batch
        ? $"batch:{batch}"
        : string.Create(CultureInfo.InvariantCulture, $"{(IsArchived ? "archive" : "log")}:{Topic}/{Partition}/{FromOffset}-{ToOffset}");

    private static T Number<T>(Match match, string group)
        where T : INumberBase<T> => T.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<kind>log|archive):(?<topic>[A-Za-z0-9._-]+)/(?<partition>\d+)/(?<from>\d+)-(?<to>\d+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();
}
