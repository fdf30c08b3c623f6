using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.Failures;

/// <summary>What stands beside a failed batch's records: enough to list, filter, verify and replay it without opening them.</summary>
public sealed record FailedBatchManifest
{
    /// <summary>Version of the manifest's form.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Form it was written in.</summary>
    public required int Format { get; init; }

    /// <summary>Derived from the group and the exact bytes of the records object, so that writing the same batch again gives the same id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Consumer group that read the records.</summary>
    public required string Group { get; init; }

    /// <summary>Class of the failure.</summary>
    public required ErrorClass Class { get; init; }

    /// <summary>The store's error code; 0 when the store was not asked.</summary>
    public required int Code { get; init; }

    /// <summary>What was said first, without content of events.</summary>
    public required string Error { get; init; }

    /// <summary>How often the batch was sent.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was sent first.</summary>
    public required DateTimeOffset FirstAttemptAt { get; init; }

    /// <summary>When it was given up; day and hour of the key.</summary>
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>Earliest received-at of its records.</summary>
    public required DateTimeOffset FirstReceivedAt { get; init; }

    /// <summary>Latest received-at of its records.</summary>
    public required DateTimeOffset LastReceivedAt { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Where the records lay.</summary>
    public required IReadOnlyList<SourceRange> Sources { get; init; }

    /// <summary>How much of which project; records whose project cannot be read count under an empty name.</summary>
    public required IReadOnlyList<ProjectCount> Projects { get; init; }

    /// <summary>Failures by reason, table, column and code.</summary>
    public required IReadOnlyList<ReasonCount> Reasons { get; init; }

    /// <summary>Records in it.</summary>
    public required int Records { get; init; }

    /// <summary>Events and spans in them.</summary>
    public required int Events { get; init; }

    /// <summary>Bytes of the records as they lay in the log.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of the records object.</summary>
    public required long ObjectBytes { get; init; }

    /// <summary>SHA-256 of the records object, in lower-case hexadecimal.</summary>
    public required string ObjectSha256 { get; init; }
}
