namespace Pipeline.Storage.EngineHost;

/// <summary>What one statement came to.</summary>
internal sealed record EngineResult
{
    /// <summary>The engine's message, starting with <c>Code: N.</c>; null when the statement succeeded.</summary>
    internal string? Error { get; init; }

    internal byte[] Body { get; init; } = [];

    internal ulong ReadRows { get; init; }

    internal ulong ReadBytes { get; init; }

    internal ulong WrittenRows { get; init; }

    internal ulong WrittenBytes { get; init; }

    internal TimeSpan Elapsed { get; init; }
}
