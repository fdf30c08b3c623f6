using Pipeline.Buffer;
using Pipeline.Storage;
using Pipeline.Storage.Failures;

namespace Pipeline.Consumers;

/// <summary>What a writer consumer is made of.</summary>
public sealed record WriterSetup : ConsumerSetup
{
    /// <summary>Settings.</summary>
    public required WriterOptions Options { get; init; }

    /// <summary>The log that replayed records take, read beside the live one; null when this consumer does not read it.</summary>
    public IEventLog? ReplayLog { get; init; }

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
}
