using System.Security.Cryptography;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Logging;
using Pipeline.Storage;
using Pipeline.Storage.Failures;

namespace Pipeline.Consumers;

/// <summary>What a writer consumer is made of; the composition root chooses the adapters.</summary>
/// <remarks>The adapters stay the caller's: the consumer opens the log, but disposes neither log nor store.</remarks>
public sealed record WriterSetup
{
    /// <summary>Settings.</summary>
    public required WriterOptions Options { get; init; }

    /// <summary>The log to read from.</summary>
    public required IEventLog Log { get; init; }

    /// <summary>The log that replayed records take, read beside the live one; null when this consumer does not read it.</summary>
    public IEventLog? ReplayLog { get; init; }

    /// <summary>What the log's topic must be; differences are logged.</summary>
    /// <value>null: not compared.</value>
    public TopicSpec? Topic { get; init; }

    /// <summary>The store to insert into.</summary>
    public required IStateStore Store { get; init; }

    /// <summary>Where records go that cannot be stored.</summary>
    public required FailureStore Failures { get; init; }

    /// <summary>Trim the logs that do not trim themselves.</summary>
    /// <value>None.</value>
    public IReadOnlyList<IEventLogRetention> Retentions { get; init; } = [];

    /// <summary>Tells how near the store is to slowing inserts down.</summary>
    /// <value>null: not watched.</value>
    public IStorePressure? Pressure { get; init; }

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Randomness for jitter.</summary>
    /// <value>Seeded from the system; a test gives its own.</value>
    public Random Random { get; init; } = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>Form of the console log; null logs nothing.</summary>
    /// <value>From <c>PIPELINE_LOG_FORMAT</c>.</value>
    public LogFormat? LogFormat { get; init; } = LoggingBuilderExtensions.FormatFromEnvironment();

    /// <summary>Where fault tests end the process.</summary>
    /// <value>From the environment; off.</value>
    public StepKill StepKill { get; init; } = StepKill.FromEnvironment();

    /// <summary>Whether the consumer is the process: signals stop it.</summary>
    public bool OwnsProcess { get; init; }

    /// <summary>How the process stops, when the consumer owns it.</summary>
    public Action<ProcessLifetimeOptions>? ConfigureLifetime { get; init; }
}
