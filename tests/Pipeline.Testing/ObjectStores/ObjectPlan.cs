using Pipeline.Storage.ObjectStores;

namespace Pipeline.Testing.ObjectStores;

/// <summary>What becomes of one call of an <see cref="InMemoryObjectStore"/>.</summary>
/// <param name="Latency">How long it takes.</param>
public readonly record struct ObjectPlan(TimeSpan Latency)
{
    /// <summary>Done at once.</summary>
    public static readonly ObjectPlan Done = new(TimeSpan.Zero);

    /// <summary>Thrown instead of doing anything.</summary>
    public ObjectStoreException? FailsBefore { get; init; }

    /// <summary>Thrown after it was done: the answer is lost, not the object.</summary>
    public ObjectStoreException? FailsAfter { get; init; }

    /// <summary>Stored in place of what was given, as a store that damages bytes would; null stores those.</summary>
    public byte[]? StoredInstead { get; init; }

    /// <summary>Nothing is done.</summary>
    public static ObjectPlan Failed(string code = "InternalError") => Done with { FailsBefore = new ObjectStoreException($"scripted {code}") { Code = code } };

    /// <summary>It is done, and the caller does not learn it.</summary>
    public static ObjectPlan AnswerLost() => Done with { FailsAfter = new ObjectStoreException("scripted: the answer was lost") };
}
