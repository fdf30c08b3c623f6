using System.Security.Cryptography;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Logging;

namespace Pipeline.Consumers;

/// <summary>What every consumer is made of; the composition root chooses the adapters.</summary>
/// <remarks>The adapters stay the caller's: the consumer opens the log, but disposes neither log nor store.</remarks>
public abstract record ConsumerSetup
{
    /// <summary>The log to read from.</summary>
    public required IEventLog Log { get; init; }

    /// <summary>What the log's topic must be; differences are logged.</summary>
    /// <value>null: not compared.</value>
    public TopicSpec? Topic { get; init; }

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
