using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>A failed batch in the index; follows from its objects alone.</summary>
public sealed record FailedBatchRow
{
    /// <summary>What the keys of its objects begin with; the identity.</summary>
    public required string Folder { get; init; }

    /// <summary>Its id; null under a key that no batch has.</summary>
    public required Guid? BatchId { get; init; }

    /// <summary>Where it stands.</summary>
    public required FailedBatchState State { get; init; }

    /// <summary>When it was given up; the hour of its key when the manifest cannot be trusted, and the epoch without such a key.</summary>
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>Class of the failure; null under a key that no batch has.</summary>
    public required ErrorClass? Class { get; init; }

    /// <summary>Its manifest; null when there is none that can be trusted.</summary>
    public required FailedBatchManifest? Manifest { get; init; }

    /// <summary>What is wrong with its objects; null when nothing is.</summary>
    public required FailedBatchDamage? Damage { get; init; }

    /// <summary>How often it was replayed.</summary>
    public required int ReplayAttempts { get; init; }

    /// <summary>When its last replay ended; null without one.</summary>
    public required DateTimeOffset? LastAttemptAt { get; init; }
}
