using Pipeline.Storage.Failures;

namespace Pipeline.Storage.Archiving;

/// <summary>What stands beside an object of archived records: what is in it, and the checksum of every byte.</summary>
public sealed record ArchiveManifest
{
    /// <summary>Version of the manifest's form.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Form it was written in.</summary>
    public required int Format { get; init; }

    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Partition.</summary>
    public required int Partition { get; init; }

    /// <summary>First offset.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>Last offset; every one between is there.</summary>
    public required long LastOffset { get; init; }

    /// <summary>Earliest received-at; null when no record can be read.</summary>
    public required DateTimeOffset? FirstReceivedAt { get; init; }

    /// <summary>Latest received-at; null when no record can be read.</summary>
    public required DateTimeOffset? LastReceivedAt { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>How much of which project; records whose project cannot be read count under an empty name.</summary>
    public required IReadOnlyList<ProjectCount> Projects { get; init; }

    /// <summary>Records.</summary>
    public required int Records { get; init; }

    /// <summary>Events and spans in them.</summary>
    public required int Events { get; init; }

    /// <summary>Bytes of the records as they lay in the log.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of the object.</summary>
    public required long ObjectBytes { get; init; }

    /// <summary>SHA-256 of the object, in lower-case hexadecimal.</summary>
    public required string ObjectSha256 { get; init; }
}
