using Pipeline.Schemas.Records;

namespace Pipeline.Buffer;

/// <summary>One record as read back from the log.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset in the partition, from 0, without gaps in the Postgres backend.</param>
/// <param name="AppendedAtMicros">When the log took it, in microseconds since the epoch; 0 when unknown.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Value">The encoded record.</param>
public sealed record BufferedRecord(string Topic, int Partition, long Offset, long AppendedAtMicros, RecordHeaders Headers, ReadOnlyMemory<byte> Value);
