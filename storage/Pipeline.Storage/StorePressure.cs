namespace Pipeline.Storage;

/// <summary>How near a store is to slowing inserts down.</summary>
/// <param name="Parts">Most active parts of any partition as a share of the number from which on the store delays inserts; 1 is there.</param>
/// <param name="MostActiveParts">Those parts.</param>
/// <param name="Merges">Merges under way.</param>
/// <param name="MergeBacklogBytes">Bytes that they still have to merge.</param>
public sealed record StorePressure(double Parts, int MostActiveParts, int Merges, long MergeBacklogBytes)
{
    /// <summary>Why the numbers are not known; null when they are.</summary>
    public string? WhyUnknown { get; private init; }

    /// <summary>Whether the numbers are known.</summary>
    public bool IsKnown => WhyUnknown is null;

    /// <summary>Nothing is known.</summary>
    public static StorePressure Unknown(string why) => new(0, 0, 0, 0) { WhyUnknown = why };
}
