namespace Pipeline.Storage.EngineHost;

/// <summary>How the embedded ClickHouse engine is served.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder of the engine's tables; created when missing, used by one host at a time.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Path of <c>libchdb.so</c>.</summary>
    public required string LibraryPath { get; init; }

    /// <summary>Loopback port.</summary>
    /// <value>0: any free one.</value>
    public int Port { get; init; }

    /// <summary>Where insert bodies lie while the engine reads them; emptied at start.</summary>
    /// <value>A folder of its own on <c>/dev/shm</c> when that is writable, otherwise below <see cref="DataFolder"/>.</value>
    public string? ScratchFolder { get; init; }

    /// <summary>Queries that run at once; further ones wait for their turn.</summary>
    /// <value>4: an insert per table and a read on two cores.</value>
    public int MaxConcurrentQueries { get; init; } = 4;

    /// <summary>Largest insert body as sent.</summary>
    /// <value>256 MiB: four times the largest batch the writer cuts.</value>
    public long MaxBodyBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Memory the engine may use; above it a query fails with code 241.</summary>
    /// <value>2 GiB.</value>
    public long MaxMemoryBytes { get; init; } = 2L * 1024 * 1024 * 1024;
}
