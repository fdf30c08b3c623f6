using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>What the index says of a failed batch: nothing but its manifest and the notes of its replays decides, so that it can be built anew.</summary>
internal static partial class FailedBatchRowRule
{
    internal static FailedBatchRow RowOf(FailedBatchEntry entry, IReadOnlyList<ReplayAttempt> attempts, FailedBatchDamage? attemptDamage)
    {
        var key = Key().Match(entry.Folder);
        var damage = entry.Damage ?? attemptDamage;
        return new FailedBatchRow
        {
            Folder = entry.Folder,
            BatchId = entry.Manifest?.BatchId ?? (key.Success ? Guid.ParseExact(key.Groups["id"].Value, "D") : null),
            State = StateOf(attempts, entry.Manifest?.Events ?? 0, damage),
            FailedAt = entry.Manifest?.FailedAt ?? HourOf(key),
            Class = entry.Manifest?.Class ?? (key.Success ? Words.Parse<ErrorClass>(key.Groups["class"].Value) : null),
            Manifest = entry.Manifest,
            Damage = damage,
            ReplayAttempts = attempts.Count,
            LastAttemptAt = attempts.Count == 0 ? null : attempts.Max(attempt => attempt.FinishedAt),
        };
    }

    // What a replay stored stays stored, so one whole replay is enough whatever came after it.
    private static FailedBatchState StateOf(IReadOnlyList<ReplayAttempt> attempts, int events, FailedBatchDamage? damage) =>
        damage is not null ? FailedBatchState.Damaged
        : attempts.Count == 0 ? FailedBatchState.Waiting
        : attempts.Any(attempt => attempt.IsWholeFor(events)) ? FailedBatchState.Replayed
        : FailedBatchState.FailedAgain;

    private static DateTimeOffset HourOf(Match key) =>
        DateTimeOffset.TryParseExact(key.Groups["hour"].Value, "'date='yyyy-MM-dd'/hour='HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var hour)
            ? hour
            : DateTimeOffset.UnixEpoch;

    [GeneratedRegex("^failed/(?<hour>date=[0-9-]{10}/hour=[0-9]{2})/class=(?<class>poison|permanent)/batch=(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})/$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}
