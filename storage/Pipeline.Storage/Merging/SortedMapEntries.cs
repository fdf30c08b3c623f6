using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>Sorting and ordering that the usage and cost maps share.</summary>
internal static class SortedMapEntries
{
    internal static KeyValuePair<Utf8Text, T>[] From<T>(IReadOnlyList<KeyValuePair<Utf8Text, T>> entries)
    {
        var sorted = new List<KeyValuePair<Utf8Text, T>>(entries.Count);
        foreach (var entry in entries)
        {
            var position = 0;
            var isPresent = false;
            while (position < sorted.Count)
            {
                var order = sorted[position].Key.CompareTo(entry.Key);
                isPresent = order == 0;
                if (order >= 0)
                {
                    break;
                }

                position++;
            }

            if (isPresent)
            {
                sorted[position] = entry;
            }
            else
            {
                sorted.Insert(position, entry);
            }
        }

        return [.. sorted];
    }

    internal static int Compare<T>(ReadOnlySpan<KeyValuePair<Utf8Text, T>> left, ReadOnlySpan<KeyValuePair<Utf8Text, T>> right)
        where T : IComparable<T>
    {
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            var order = left[i].Key.CompareTo(right[i].Key);
            order = order != 0 ? order : left[i].Value.CompareTo(right[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    internal static int HashOf<T>(ReadOnlySpan<KeyValuePair<Utf8Text, T>> entries)
    {
        var hash = new HashCode();
        foreach (var entry in entries)
        {
            hash.Add(entry.Key);
            hash.Add(entry.Value);
        }

        return hash.ToHashCode();
    }
}
