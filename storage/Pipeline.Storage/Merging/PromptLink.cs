using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>The prompt an observation was made with: name and version are set together, so they share one register.</summary>
/// <param name="Name">Prompt name.</param>
/// <param name="Version">Prompt version, at least 1.</param>
public readonly record struct PromptLink(Utf8Text Name, uint Version) : IComparable<PromptLink>
{
    /// <inheritdoc />
    public int CompareTo(PromptLink other)
    {
        var byName = Name.CompareTo(other.Name);
        return byName != 0 ? byName : Version.CompareTo(other.Version);
    }
}
