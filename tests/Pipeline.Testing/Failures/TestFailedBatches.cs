using Pipeline.Schemas;
using Pipeline.Schemas.Errors;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;

namespace Pipeline.Testing.Failures;

/// <summary>Failed batches as consumers give them up, the same in every run.</summary>
public static class TestFailedBatches
{
    public const string Topic = "traces";

    /// <summary>2026-11-21T12:34:56.789012Z.</summary>
    public static readonly long FailedAtMicros = UnixMicros.From(new DateTimeOffset(2026, 11, 21, 12, 34, 56, TimeSpan.Zero)) + 789_012;

    /// <summary>Five records of two projects and two partitions; the bytes of one are no record.</summary>
    public static FailedBatch Typical(int seed = 1) => Of(
        [
            Record("project-b", seed, partition: 1, offset: 7, events: 3),
            Record("project-a", seed, partition: 0, offset: 100, events: 10),
            Record("project-a", seed, partition: 0, offset: 103, events: 1),
            Broken(seed, partition: 1, offset: 9),
            Record("project-a", seed, partition: 1, offset: 8, events: 2),
        ]);

    public static FailedBatch Of(IReadOnlyList<FailedRecord> records, ErrorClass errorClass = ErrorClass.Poison) => new(
        "writers", errorClass, 469, "Code: 469. DB::Exception: Constraint violated", 3, FailedAtMicros - (5 * UnixMicros.PerSecond), FailedAtMicros, records);

    public static FailedRecord Record(string projectId, int seed, int partition, long offset, int events, int payloadBytes = 300)
    {
        var random = new Random(HashCode.Combine(seed, partition, (int)offset));
        var payload = new byte[payloadBytes];
        random.NextBytes(payload);
        var record = new BufferRecord
        {
            RecordId = IdOf(seed, partition, offset),
            ProjectId = projectId,
            RequestId = $"request-{offset}",
            ReceivedAtMicros = FailedAtMicros - (offset * UnixMicros.PerSecond) - 1,
            PayloadKind = offset % 2 == 0 ? PayloadKind.OtlpSpans : PayloadKind.LangfuseEvents,
            EventCount = events,
            Attempt = partition,
            Lane = partition == 0 ? RecordLane.Live : RecordLane.Replay,
            Payload = payload,
        };
        var headers = new RecordHeaders(SchemaVersion.Current.ToString(), offset % 2 == 0 ? null : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var value = BufferRecordCodec.Encode(record);
        BufferRecordCodec.TryDecode(headers, value, out var decoded);
        return new FailedRecord
        {
            Topic = Topic,
            Partition = partition,
            Offset = offset,
            AppendedAtMicros = record.ReceivedAtMicros + 1500,
            Headers = headers,
            Value = value,
            Decoded = decoded,
            Failures =
            [
                new RecordFailure(ErrorClass.Poison, "refused_row", "é漢\U0001F600 \"quoted\" \\ </script>")
                {
                    Position = 0, Code = 469, Table = "observation_states", Entity = "p/t/o", Column = "usage", ValueClass = "text, 12 bytes",
                },
            ],
        };
    }

    /// <summary>A record whose bytes are none, without a time.</summary>
    public static FailedRecord Broken(int seed, int partition, long offset)
    {
        var value = new byte[64];
        new Random(seed).NextBytes(value);
        return new FailedRecord
        {
            Topic = Topic,
            Partition = partition,
            Offset = offset,
            AppendedAtMicros = 0,
            Headers = new RecordHeaders(null, null),
            Value = value,
            Failures = [new RecordFailure(ErrorClass.Poison, "malformed_record", "no version header")],
        };
    }

    private static Guid IdOf(int seed, int partition, long offset) => new(seed, (short)partition, (short)offset, [1, 2, 3, 4, 5, 6, 7, 8]);
}
