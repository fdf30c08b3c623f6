using System.Text.Json.Serialization;
using Pipeline.Schemas.Records;

namespace Pipeline.Storage.Failures;

/// <summary>One line of a records object: what people and query engines look for, and the exact bytes.</summary>
internal sealed record FailedLine
{
    /// <summary>Empty when the record's bytes are none.</summary>
    public required string ProjectId { get; init; }

    public required Guid? RecordId { get; init; }

    public required string RequestId { get; init; }

    public required DateTimeOffset? ReceivedAt { get; init; }

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    public required DateTimeOffset? AppendedAt { get; init; }

    public required string? SchemaVersion { get; init; }

    public required string? TraceParent { get; init; }

    public required PayloadKind PayloadKind { get; init; }

    public required RecordLane Lane { get; init; }

    public required int Attempt { get; init; }

    public required int Events { get; init; }

    public required IReadOnlyList<FailedLineReason> Failures { get; init; }

    public required ReadOnlyMemory<byte> Value { get; init; }

    [JsonIgnore]
    internal DateTimeOffset? SeenAt => ReceivedAt ?? AppendedAt;

    internal static FailedLine Of(FailedRecord record)
    {
        var decoded = record.Decoded;
        return new FailedLine
        {
            ProjectId = decoded?.ProjectId ?? "",
            RecordId = decoded?.RecordId,
            RequestId = decoded?.RequestId ?? "",
            ReceivedAt = decoded is null ? null : FailureJson.TimeOf(decoded.ReceivedAtMicros),
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            AppendedAt = FailureJson.TimeOf(record.AppendedAtMicros),
            SchemaVersion = record.Headers.SchemaVersion,
            TraceParent = record.Headers.TraceParent,
            PayloadKind = decoded?.PayloadKind ?? PayloadKind.None,
            Lane = decoded?.Lane ?? RecordLane.Live,
            Attempt = decoded?.Attempt ?? 0,
            Events = decoded is null ? 1 : Math.Max(0, decoded.EventCount),
            Failures = [.. record.Failures.Select(FailedLineReason.Of)],
            Value = record.Value,
        };
    }

    internal FailedRecord ToRecord()
    {
        var headers = new RecordHeaders(SchemaVersion, TraceParent);
        var outcome = BufferRecordCodec.TryDecode(headers, Value, out var decoded);
        return new FailedRecord
        {
            Topic = Topic,
            Partition = Partition,
            Offset = Offset,
            AppendedAtMicros = AppendedAt is { } time ? Schemas.UnixMicros.From(time) : 0,
            Headers = headers,
            Value = Value,
            Decoded = outcome == RecordDecodeOutcome.Decoded ? decoded : null,
            Failures = [.. Failures.Select(failure => failure.ToFailure())],
        };
    }
}
