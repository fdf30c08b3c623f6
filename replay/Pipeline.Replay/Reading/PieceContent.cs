using Pipeline.Buffer;
using Pipeline.Storage.Failures;

namespace Pipeline.Replay.Reading;

/// <summary>The records of one piece.</summary>
/// <param name="Records">As they lay in the log.</param>
/// <param name="Manifest">The failed batch they are from; null for a range.</param>
internal sealed record PieceContent(IReadOnlyList<BufferedRecord> Records, FailedBatchManifest? Manifest);
