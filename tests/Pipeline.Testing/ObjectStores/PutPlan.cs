namespace Pipeline.Testing.ObjectStores;

/// <summary>What becomes of one put.</summary>
/// <param name="Stores">Whether the object is stored.</param>
/// <param name="Answers">Whether the caller learns it.</param>
/// <param name="Latency">How long it takes.</param>
public readonly record struct PutPlan(bool Stores, bool Answers, TimeSpan Latency)
{
    /// <summary>Stored at once.</summary>
    public static readonly PutPlan Stored = new(true, true, TimeSpan.Zero);
}
