using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>Costs in US dollars by usage type, sorted by key without duplicates; replaced whole by a later one.</summary>
/// <remarks>
/// Amounts are counted in units of 10^-12 dollars, the scale of the <c>Decimal(18, 12)</c> column. Ordered as ClickHouse orders
/// <c>Array(Tuple(String, Decimal(18, 12)))</c>.
/// </remarks>
public readonly struct CostMap : IEquatable<CostMap>, IComparable<CostMap>
{
    /// <summary>Units in a dollar.</summary>
    public const long UnitsPerDollar = 1_000_000_000_000;

    private readonly KeyValuePair<Utf8Text, long>[]? _entries;

    private CostMap(KeyValuePair<Utf8Text, long>[] entries) => _entries = entries;

    /// <summary>The entries, sorted by key, in units of 10^-12 dollars.</summary>
    public ReadOnlySpan<KeyValuePair<Utf8Text, long>> Entries => _entries;

    /// <summary>Sorts the entries; of equal keys the last one given stays.</summary>
    public static CostMap From(IReadOnlyList<KeyValuePair<Utf8Text, long>> entries) => new(SortedMapEntries.From(entries));

    /// <inheritdoc />
    public int CompareTo(CostMap other) => SortedMapEntries.Compare(Entries, other.Entries);

    /// <inheritdoc />
    public bool Equals(CostMap other) => CompareTo(other) == 0;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is CostMap other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => SortedMapEntries.HashOf(Entries);
}
