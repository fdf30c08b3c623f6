namespace Pipeline.Cli.Local;

/// <summary>Where a local pipeline keeps everything; nothing is written elsewhere.</summary>
/// <param name="Root">The folder given by <c>DATA</c>, by default <c>artifacts/local</c>.</param>
internal sealed record LocalFolders(string Root)
{
    /// <summary>Postgres: control plane and embedded log.</summary>
    internal string Postgres => Path.Combine(Root, "postgres");

    /// <summary>The ClickHouse engine's tables.</summary>
    internal string Engine => Path.Combine(Root, "engine");

    /// <summary>Kafka, when this process starts it.</summary>
    internal string Kafka => Path.Combine(Root, "kafka");

    /// <summary>Failed batches and the archive, unless <c>OBJECT_STORE</c> says otherwise.</summary>
    internal string Objects => Path.Combine(Root, "objects");

    /// <summary>One log file per process.</summary>
    internal string Logs => Path.Combine(Root, "logs");

    /// <summary>One file per process with its pid, for people and fault tests that end one of them.</summary>
    internal string Pids => Path.Combine(Root, "pids");

    /// <summary>Shell assignments that point an SDK and the other commands here.</summary>
    internal string EnvironmentFile => Path.Combine(Root, "env");

    /// <summary>The pepper and the first project key, kept across restarts.</summary>
    internal string Secrets => Path.Combine(Root, "secrets.json");

    /// <summary>Which buffer the folder was used with.</summary>
    internal string Tier => Path.Combine(Root, "tier");

    /// <summary>Held while a pipeline serves from this folder.</summary>
    internal string Lock => Path.Combine(Root, "lock");

    internal void Create()
    {
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Logs);
        Directory.CreateDirectory(Pids);
    }
}
