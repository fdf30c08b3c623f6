using System.Runtime.InteropServices;
using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>The metadata of one entity: the newest entry per key. Not thread-safe.</summary>
public sealed class MetadataEntries
{
    // Up to here a scan over the list beats a dictionary, and nearly all entities stay below it.
    private const int IndexAbove = 24;

    private readonly List<MetadataEntry> _entries = [];
    private Dictionary<Utf8Text, int>? _positions;

    /// <summary>The entries, one per key, in no particular order.</summary>
    public IReadOnlyList<MetadataEntry> Entries => _entries;

    /// <summary>The entries without an enumerator to allocate; valid until the next merge.</summary>
    public ReadOnlySpan<MetadataEntry> Span => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Number of keys.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds one entry, or keeps the one that is there when its version, then its value, is larger.</summary>
    public void Merge(in MetadataEntry entry)
    {
        var position = PositionOf(entry.Key);
        if (position < 0)
        {
            _positions?.Add(entry.Key, _entries.Count);
            _entries.Add(entry);
            return;
        }

        var current = _entries[position];
        if (entry.Version > current.Version || (entry.Version == current.Version && entry.Value.CompareTo(current.Value) > 0))
        {
            _entries[position] = entry;
        }
    }

    /// <summary>Merges all entries of another entity state.</summary>
    public void MergeFrom(MetadataEntries other)
    {
        foreach (var entry in other._entries)
        {
            Merge(entry);
        }
    }

    private int PositionOf(in Utf8Text key)
    {
        if (_positions is null && _entries.Count > IndexAbove)
        {
            _positions = [];
            for (var i = 0; i < _entries.Count; i++)
            {
                _positions.Add(_entries[i].Key, i);
            }
        }

        if (_positions is not null)
        {
            return _positions.TryGetValue(key, out var position) ? position : -1;
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }
}
