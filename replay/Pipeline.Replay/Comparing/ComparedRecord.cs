using Pipeline.Buffer;
using Pipeline.Schemas.Records;

namespace Pipeline.Replay.Comparing;

/// <summary>A record, and what replaying it would do.</summary>
/// <param name="Source">As it lay in the log.</param>
/// <param name="Record">Decoded; null when this version cannot read it.</param>
/// <param name="Verdict">What replaying it would do.</param>
internal sealed record ComparedRecord(BufferedRecord Source, BufferRecord? Record, RecordVerdict Verdict)
{
    /// <summary>Events of it; bytes that cannot be read count as one.</summary>
    internal int Events => Record?.EventCount ?? 1;
}
