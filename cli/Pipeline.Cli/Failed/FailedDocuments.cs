using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Failed;

/// <summary>Failed batches as JSON output shows them.</summary>
internal static class FailedDocuments
{
    internal static object Of(FailedBatchRow row) => new
    {
        Id = row.BatchId,
        row.Folder,
        State = Words.Of(row.State),
        row.FailedAt,
        Class = row.Class is { } errorClass ? Words.Of(errorClass) : null,
        row.Manifest?.Code,
        row.Manifest?.Error,
        row.Manifest?.Records,
        row.Manifest?.Events,
        row.Manifest?.Bytes,
        row.Manifest?.FirstReceivedAt,
        row.Manifest?.LastReceivedAt,
        Reasons = row.Manifest?.Reasons ?? [],
        Projects = row.Manifest?.Projects ?? [],
        Sources = row.Manifest?.Sources ?? [],
        row.ReplayAttempts,
        row.LastAttemptAt,
        Damage = row.Damage is null ? null : Of(row.Damage),
    };

    internal static object Of(FailedBatchDamage damage) => new { Defect = Words.Of(damage.Defect), damage.Detail };

    internal static object Of(FailedBatchManifest manifest) => new
    {
        manifest.Format,
        manifest.BatchId,
        manifest.Group,
        Class = Words.Of(manifest.Class),
        manifest.Code,
        manifest.Error,
        manifest.Attempts,
        manifest.FirstAttemptAt,
        manifest.FailedAt,
        manifest.FirstReceivedAt,
        manifest.LastReceivedAt,
        manifest.SoftwareVersion,
        manifest.Sources,
        manifest.Projects,
        manifest.Reasons,
        manifest.Records,
        manifest.Events,
        manifest.Bytes,
        manifest.ObjectBytes,
        manifest.ObjectSha256,
    };

    internal static object Of(FailedRecord record, bool withCoordinates, bool withContent) => new
    {
        Failures = record.Failures.Select(failure => new
        {
            Class = Words.Of(failure.Class),
            failure.Reason,
            failure.Detail,
            failure.Code,
            failure.Table,
            failure.Entity,
            failure.Column,
            failure.ValueClass,
            failure.Position,
        }),
        Coordinates = withCoordinates ? CoordinatesOf(record) : null,
        Content = withContent ? PayloadContent.Of(record) : null,
    };

    private static object CoordinatesOf(FailedRecord record) => new
    {
        record.Topic,
        record.Partition,
        record.Offset,
        AppendedAt = record.AppendedAtMicros > 0 ? Schemas.UnixMicros.ToDateTimeOffset(record.AppendedAtMicros) : (DateTimeOffset?)null,
        record.Decoded?.RecordId,
        record.Decoded?.ProjectId,
        record.Decoded?.RequestId,
        ReceivedAt = record.Decoded is { } decoded ? Schemas.UnixMicros.ToDateTimeOffset(decoded.ReceivedAtMicros) : (DateTimeOffset?)null,
        record.Decoded?.Attempt,
        Bytes = record.Value.Length,
    };
}
