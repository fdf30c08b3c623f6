using Pipeline.Schemas.Records;

namespace Pipeline.Storage.Archiving;

/// <summary>A record as it lay in the log, byte for byte.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="AppendedAtMicros">When the log took it, microseconds since the epoch; 0 when unknown.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Value">The encoded record.</param>
public sealed record ArchivedRecord(string Topic, int Partition, long Offset, long AppendedAtMicros, RecordHeaders Headers, ReadOnlyMemory<byte> Value);
