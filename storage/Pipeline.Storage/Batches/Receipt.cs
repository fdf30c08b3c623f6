using Pipeline.Schemas.Records;

namespace Pipeline.Storage.Batches;

/// <summary>Proof that one record was worked off where it lies: one row of the ledger per record and place.</summary>
/// <remarks>Written after the record's states are stored and before its offset is committed; the latest attempt replaces.</remarks>
public sealed record Receipt
{
    /// <summary>The record.</summary>
    public required Guid RecordId { get; init; }

    /// <summary>Its project.</summary>
    public required string ProjectId { get; init; }

    /// <summary>Its request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The life of the gateway that appended it; empty when unknown.</summary>
    public required string InstanceId { get; init; }

    /// <summary>When the gateway received it, microseconds since the epoch; its minute is the ledger's.</summary>
    public required long ReceivedAtMicros { get; init; }

    /// <summary>Topic it was read from.</summary>
    public required string Topic { get; init; }

    /// <summary>Partition it was read from.</summary>
    public required int Partition { get; init; }

    /// <summary>Its offset.</summary>
    public required long Offset { get; init; }

    /// <summary>Attempt; the largest wins.</summary>
    public required int Attempt { get; init; }

    /// <summary>Payload kind.</summary>
    public required PayloadKind PayloadKind { get; init; }

    /// <summary>Events or spans the gateway accepted in it.</summary>
    public required int Accepted { get; init; }

    /// <summary>Of these, how many are stored.</summary>
    public required int Stored { get; init; }

    /// <summary>Of these, how many could not be stored and were kept aside with their reason.</summary>
    public required int Failed { get; init; }

    /// <summary>xxHash64 of the event ids (REST), to answer "where is my event?".</summary>
    public required ulong[] EventHashes { get; init; }

    /// <summary>xxHash64 of the observation and score ids.</summary>
    public required ulong[] EntityHashes { get; init; }

    /// <summary>xxHash64 of the trace ids.</summary>
    public required ulong[] TraceHashes { get; init; }
}
