using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Storage.Postgres.Tests.Failures;

/// <summary>Rows of the index as batches of one record make them.</summary>
internal static class TestRows
{
    internal static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    internal static FailedBatchRow Row(
        int number,
        DateTimeOffset? failedAt = null,
        ErrorClass errorClass = ErrorClass.Poison,
        FailedBatchState state = FailedBatchState.Waiting,
        string project = "project-a",
        string topic = "traces",
        ReasonCount? reason = null,
        int events = 10)
    {
        var manifest = Manifest(number, failedAt ?? Noon, errorClass, project, topic, reason ?? new ReasonCount("refused_row", "observation_states", "usage", 469, events), events);
        return new FailedBatchRow
        {
            Folder = FailureStore.FolderOf(manifest),
            BatchId = manifest.BatchId,
            State = state,
            FailedAt = manifest.FailedAt,
            Class = errorClass,
            Manifest = manifest,
            Damage = null,
            ReplayAttempts = state == FailedBatchState.Waiting ? 0 : 1,
            LastAttemptAt = state == FailedBatchState.Waiting ? null : manifest.FailedAt.AddDays(1),
        };
    }

    internal static FailedBatchRow Damaged(int number) => Row(number) with
    {
        State = FailedBatchState.Damaged,
        Manifest = null,
        Damage = new FailedBatchDamage(FailedBatchDefect.ManifestDamaged, "the manifest is not what was written"),
    };

    internal static Guid Id(int number) => new(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);

    private static FailedBatchManifest Manifest(
        int number, DateTimeOffset failedAt, ErrorClass errorClass, string project, string topic, ReasonCount reason, int events) => new()
        {
            Format = FailedBatchManifest.CurrentFormat,
            BatchId = Id(number),
            Group = "writers",
            Class = errorClass,
            Code = reason.Code,
            Error = "constraint violated \0 behind a NUL",
            Attempts = 3,
            FirstAttemptAt = failedAt.AddSeconds(-5),
            FailedAt = failedAt,
            FirstReceivedAt = failedAt.AddHours(-2),
            LastReceivedAt = failedAt.AddHours(-1),
            SoftwareVersion = "1.2.3",
            Sources = [new SourceRange(topic, 0, 1, 1, 1)],
            Projects = [new ProjectCount(project, 1, events)],
            Reasons = [reason],
            Records = 1,
            Events = events,
            Bytes = 100,
            ObjectBytes = 50,
            ObjectSha256 = new string('a', 64),
        };
}
