using System.Security.Cryptography;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Logging;
using Pipeline.Storage.Keys;

namespace Pipeline.Gateway;

/// <summary>What a gateway is made of; the composition root chooses the adapters.</summary>
/// <remarks>The adapters stay the caller's: the gateway opens the log, but disposes neither log nor key source.</remarks>
public sealed record GatewaySetup
{
    /// <summary>Settings.</summary>
    public required GatewayOptions Options { get; init; }

    /// <summary>The log to append to; opened by the gateway in the background, with retries.</summary>
    public required IEventLog Log { get; init; }

    /// <summary>What the log's topic must be; compared before anything is appended.</summary>
    /// <value>null: not compared.</value>
    public TopicSpec? Topic { get; init; }

    /// <summary>Where API keys are looked up.</summary>
    public required IApiKeySource Keys { get; init; }

    /// <summary>How secrets are hashed.</summary>
    public required SecretHasher Hasher { get; init; }

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Randomness for jitter.</summary>
    /// <value>Seeded from the system; a test gives its own.</value>
    public Random Random { get; init; } = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>Form of the console log; null logs nothing.</summary>
    /// <value>From <c>PIPELINE_LOG_FORMAT</c>.</value>
    public LogFormat? LogFormat { get; init; } = LoggingBuilderExtensions.FormatFromEnvironment();

    /// <summary>Whether the gateway is the process: signals stop it, and a shutdown that hangs ends it. False inside another host or a test.</summary>
    public bool OwnsProcess { get; init; }

    /// <summary>How the process stops, when the gateway owns it.</summary>
    public Action<ProcessLifetimeOptions>? ConfigureLifetime { get; init; }
}
