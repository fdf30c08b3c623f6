using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>Token counts by usage type, sorted by key without duplicates; replaced whole by a later one, never merged key by key.</summary>
/// <remarks>Ordered as ClickHouse orders <c>Array(Tuple(String, UInt64))</c>: element by element, then by length.</remarks>
public readonly struct UsageMap : IEquatable<UsageMap>, IComparable<UsageMap>
{
    private readonly KeyValuePair<Utf8Text, ulong>[]? _entries;

    private UsageMap(KeyValuePair<Utf8Text, ulong>[] entries) => _entries = entries;

    /// <summary>The entries, sorted by key.</summary>
    public ReadOnlySpan<KeyValuePair<Utf8Text, ulong>> Entries => _entries;

    /// <summary>Sorts the entries; of equal keys the last one given stays.</summary>
    public static UsageMap From(IReadOnlyList<KeyValuePair<Utf8Text, ulong>> entries) => new(SortedMapEntries.From(entries));

    /// <inheritdoc />
    public int CompareTo(UsageMap other) => SortedMapEntries.Compare(Entries, other.Entries);

    /// <inheritdoc />
    public bool Equals(UsageMap other) => CompareTo(other) == 0;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is UsageMap other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => SortedMapEntries.HashOf(Entries);
}
