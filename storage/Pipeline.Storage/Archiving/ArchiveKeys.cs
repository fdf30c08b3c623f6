using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Storage.Archiving;

/// <summary>Where archived records lie: <c>archive/topic=T/date=YYYY-MM-DD/hour=HH/partition=N/offsets=FIRST-LAST.jsonl.gz</c>, in UTC.</summary>
/// <remarks>The hour is that of the first record, and all of a key follows from the records, so that archiving them again gives the same key.</remarks>
internal static partial class ArchiveKeys
{
    internal const string Records = ".jsonl.gz";
    internal const string Manifest = ".manifest.json";

    /// <summary>What every key of a topic begins with.</summary>
    internal static string TopicOf(string topic) => $"archive/topic={topic}/";

    /// <param name="topic">Topic.</param>
    /// <param name="partition">Partition.</param>
    /// <param name="firstAt">When the first record was appended.</param>
    /// <param name="firstOffset">Offset of the first record.</param>
    /// <param name="lastOffset">Offset of the last record.</param>
    internal static ArchivedObject ObjectOf(string topic, int partition, DateTimeOffset firstAt, long firstOffset, long lastOffset)
    {
        // Twenty digits, so that keys sort as their offsets.
        var stem = string.Create(
            CultureInfo.InvariantCulture,
            $"{TopicOf(topic)}{firstAt.UtcDateTime:'date='yyyy-MM-dd'/hour='HH}/partition={partition}/offsets={firstOffset:D20}-{lastOffset:D20}");
        return new ArchivedObject(topic, partition, firstOffset, lastOffset, stem);
    }

    /// <summary>The object that a manifest vouches for; null when the key is not one of a manifest.</summary>
    internal static ArchivedObject? OfManifest(string key) => ManifestKey().Match(key) is { Success: true } match
        && int.TryParse(match.Groups["partition"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        && long.TryParse(match.Groups["first"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && long.TryParse(match.Groups["last"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
        ? new ArchivedObject(match.Groups["topic"].Value, partition, first, last, key[..^Manifest.Length])
        : null;

    [GeneratedRegex(
        @"^archive/topic=(?<topic>[^/]+)/date=[0-9-]{10}/hour=[0-9]{2}/partition=(?<partition>[0-9]{1,9})/offsets=(?<first>[0-9]{20})-(?<last>[0-9]{20})\.manifest\.json$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ManifestKey();
}
