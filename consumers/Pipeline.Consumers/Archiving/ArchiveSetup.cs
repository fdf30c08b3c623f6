using Pipeline.Storage.Archiving;

namespace Pipeline.Consumers.Archiving;

/// <summary>What an archive consumer is made of.</summary>
public sealed record ArchiveSetup : ConsumerSetup
{
    /// <summary>Settings.</summary>
    public required ArchiveOptions Options { get; init; }

    /// <summary>Where the records go.</summary>
    public required ArchiveStore Archive { get; init; }
}
