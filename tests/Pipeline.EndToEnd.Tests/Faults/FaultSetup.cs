using Pipeline.Testing.Postgres;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>What differs between the pipelines of fault tests.</summary>
internal sealed record FaultSetup
{
    /// <summary>Seed of the proxies.</summary>
    internal required int Seed { get; init; }

    /// <summary>Brokers of the log; null for the log in Postgres.</summary>
    internal string? Kafka { get; init; }

    /// <summary>Postgres, when the test stops it; null for the shared one.</summary>
    internal PostgresServer? Postgres { get; init; }

    /// <summary>How long an insert may take.</summary>
    internal TimeSpan InsertTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a silent member keeps its partitions.</summary>
    internal TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Clock of the gateway.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;
}
