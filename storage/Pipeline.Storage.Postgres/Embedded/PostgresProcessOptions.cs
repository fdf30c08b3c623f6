namespace Pipeline.Storage.Postgres.Embedded;

/// <summary>How a local Postgres is started.</summary>
public sealed record PostgresProcessOptions
{
    /// <summary>Its data folder; created and initialised when missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Folder of <c>initdb</c> and <c>postgres</c>.</summary>
    public required string BinFolder { get; init; }

    /// <summary>Loopback port.</summary>
    public required int Port { get; init; }

    /// <summary>File its messages are appended to.</summary>
    public required string LogFile { get; init; }
}
