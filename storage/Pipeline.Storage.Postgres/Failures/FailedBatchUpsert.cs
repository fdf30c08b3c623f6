using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>The statement that puts one row into the index.</summary>
internal static class FailedBatchUpsert
{
    private static readonly string[] Columns =
    [
        "folder", "batch_id", "state", "failed_at", "class", "defect", "defect_detail", "code", "first_received_at", "last_received_at", "records", "events", "bytes",
        "object_sha256", "software_version", "topics", "project_ids", "project_records", "project_events", "reason_names", "reason_tables", "reason_codes",
        "reason_counts", "replay_attempts", "last_attempt_at", "manifest",
    ];

    private static readonly string Text =
        $"""
        INSERT INTO failed_batches ({string.Join(", ", Columns)}) VALUES ({string.Join(", ", Columns.Select((_, at) => $"${at + 1}"))})
        ON CONFLICT (folder) DO UPDATE SET {string.Join(", ", Columns.Skip(1).Select(column => $"{column} = excluded.{column}"))}
        """;

    internal static NpgsqlBatchCommand Of(FailedBatchRow row)
    {
        var command = new NpgsqlBatchCommand(Text);
        var values = command.Parameters;
        var manifest = row.Manifest;
        values.AddText(row.Folder);
        values.Add(NpgsqlDbType.Uuid, row.BatchId);
        values.AddText(Words.Of(row.State));
        values.AddTime(row.FailedAt);
        values.AddText(row.Class is { } errorClass ? Words.Of(errorClass) : null);
        values.AddText(row.Damage is { } damage ? Words.Of(damage.Defect) : null);
        values.AddText(row.Damage?.Detail);
        values.Add(NpgsqlDbType.Integer, manifest?.Code);
        values.AddTime(manifest?.FirstReceivedAt);
        values.AddTime(manifest?.LastReceivedAt);
        values.Add(NpgsqlDbType.Integer, manifest?.Records ?? 0);
        values.Add(NpgsqlDbType.Integer, manifest?.Events ?? 0);
        values.Add(NpgsqlDbType.Bigint, manifest?.Bytes ?? 0);
        values.AddText(manifest?.ObjectSha256);
        values.AddText(manifest?.SoftwareVersion);
        var projects = manifest?.Projects ?? [];
        var reasons = manifest?.Reasons ?? [];
        values.AddTexts((manifest?.Sources ?? []).Select(range => range.Topic).Distinct(StringComparer.Ordinal));
        values.AddTexts(projects.Select(project => project.ProjectId));
        values.AddNumbers(projects.Select(project => project.Records));
        values.AddNumbers(projects.Select(project => project.Events));
        values.AddTexts(reasons.Select(reason => reason.Reason));
        values.AddTexts(reasons.Select(reason => reason.Table));
        values.AddNumbers(reasons.Select(reason => reason.Code));
        values.AddNumbers(reasons.Select(reason => reason.Count));
        values.Add(NpgsqlDbType.Integer, row.ReplayAttempts);
        values.AddTime(row.LastAttemptAt);
        values.Add(NpgsqlDbType.Json, manifest is null ? null : StoredJson.Write(manifest));
        return command;
    }
}
