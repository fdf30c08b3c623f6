using Pipeline.Schemas.Records;

namespace Pipeline.Storage.Failures;

/// <summary>A record of the log that could not be stored, or not whole: its coordinates, its exact bytes, and why.</summary>
public sealed record FailedRecord
{
    /// <summary>Topic it was read from.</summary>
    public required string Topic { get; init; }

    /// <summary>Partition it was read from.</summary>
    public required int Partition { get; init; }

    /// <summary>Its offset.</summary>
    public required long Offset { get; init; }

    /// <summary>When the log took it, microseconds since the epoch; 0 when unknown.</summary>
    public required long AppendedAtMicros { get; init; }

    /// <summary>Its headers.</summary>
    public required RecordHeaders Headers { get; init; }

    /// <summary>The encoded record, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The record as decoded; null when its bytes are none.</summary>
    public BufferRecord? Decoded { get; init; }

    /// <summary>What is wrong with it; at least one.</summary>
    public required IReadOnlyList<RecordFailure> Failures { get; init; }
}
