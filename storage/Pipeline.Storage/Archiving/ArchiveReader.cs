using System.Collections.Concurrent;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Archiving;

/// <summary>Finds and reads archived records, and gives them only when every byte is what was written.</summary>
/// <remarks>
/// Thread-safe. It lists the archive of a topic once and again only when asked for offsets that are not there: make a new one to see what was
/// archived since. Objects may overlap after a crash of their writer.
/// </remarks>
public sealed class ArchiveReader(IObjectStore store)
{
    private readonly ConcurrentDictionary<string, ILookup<int, ArchivedObject>> _topics = new(StringComparer.Ordinal);

    /// <summary>Which of the offsets are archived, by what the keys say; ascending, and nothing when none is.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public async ValueTask<IReadOnlyList<ArchivedRange>> CoverAsync(string topic, int partition, long fromOffset, long toOffset, CancellationToken cancellationToken) =>
        CoverOf(await FindAsync(topic, partition, fromOffset, toOffset, isFresh: false, cancellationToken), fromOffset, toOffset);

    /// <summary>Every record of a range of offsets, in order.</summary>
    /// <exception cref="ArchiveDamagedException">One is not archived, or not as it was written; it says which.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public async ValueTask<IReadOnlyList<ArchivedRecord>> ReadAsync(string topic, int partition, long fromOffset, long toOffset, CancellationToken cancellationToken)
    {
        var objects = await FindAsync(topic, partition, fromOffset, toOffset, isFresh: false, cancellationToken);
        if (!IsCovered(objects, fromOffset, toOffset))
        {
            objects = await FindAsync(topic, partition, fromOffset, toOffset, isFresh: true, cancellationToken);
        }

        if (!IsCovered(objects, fromOffset, toOffset))
        {
            throw new ArchiveDamagedException($"{store.Location}: {topic}/{partition} from {fromOffset} to {toOffset} is not all archived");
        }

        var records = new SortedDictionary<long, ArchivedRecord>();
        var damages = new List<ArchiveDamagedException>();
        foreach (var place in objects)
        {
            if (await TryReadAsync(place, damages, cancellationToken) is { } held)
            {
                ThrowIfOther(records, held, place);
                foreach (var record in held.Where(record => record.Offset >= fromOffset && record.Offset < toOffset))
                {
                    records[record.Offset] = record;
                }
            }
        }

        return records.Count == toOffset - fromOffset ? [.. records.Values] : throw damages[0];
    }

    // Two whole objects that disagree: the topic was made anew under its name, and nobody can tell which is meant.
    private static void ThrowIfOther(SortedDictionary<long, ArchivedRecord> records, IReadOnlyList<ArchivedRecord> held, ArchivedObject place)
    {
        foreach (var record in held)
        {
            if (records.TryGetValue(record.Offset, out var other) && !other.Value.Span.SequenceEqual(record.Value.Span))
            {
                throw new ArchiveDamagedException($"{place.RecordsKey}: another object holds another record at offset {record.Offset}; the topic was made anew");
            }
        }
    }

    private async Task<IReadOnlyList<ArchivedRecord>?> TryReadAsync(ArchivedObject place, List<ArchiveDamagedException> damages, CancellationToken cancellationToken)
    {
        try
        {
            return ArchiveCodec.Decode(place, await store.GetAsync(place.ManifestKey, cancellationToken), await store.GetAsync(place.RecordsKey, cancellationToken));
        }
        catch (ArchiveDamagedException damaged)
        {
            // Another object may hold the same records.
            damages.Add(damaged);
            return null;
        }
    }

    private static bool IsCovered(IReadOnlyList<ArchivedObject> objects, long fromOffset, long toOffset) =>
        CoverOf(objects, fromOffset, toOffset) is [var only] && only == new ArchivedRange(fromOffset, toOffset);

    private static List<ArchivedRange> CoverOf(IReadOnlyList<ArchivedObject> objects, long fromOffset, long toOffset)
    {
        var cover = new List<ArchivedRange>();
        foreach (var place in objects)
        {
            var range = new ArchivedRange(Math.Max(fromOffset, place.FirstOffset), Math.Min(toOffset, place.LastOffset + 1));
            if (cover.Count > 0 && range.FromOffset <= cover[^1].ToOffset)
            {
                cover[^1] = cover[^1] with { ToOffset = Math.Max(cover[^1].ToOffset, range.ToOffset) };
            }
            else
            {
                cover.Add(range);
            }
        }

        return cover;
    }

    private async ValueTask<IReadOnlyList<ArchivedObject>> FindAsync(string topic, int partition, long fromOffset, long toOffset, bool isFresh, CancellationToken cancellationToken)
    {
        if (isFresh || !_topics.TryGetValue(topic, out var objects))
        {
            objects = _topics[topic] = await ListAsync(topic, cancellationToken);
        }

        return [.. objects[partition].Where(place => place.Meets(fromOffset, toOffset))];
    }

    private async Task<ILookup<int, ArchivedObject>> ListAsync(string topic, CancellationToken cancellationToken)
    {
        var found = new List<ArchivedObject>();
        await foreach (var (key, _) in store.ListAsync(ArchiveKeys.TopicOf(topic), startAfter: null, cancellationToken))
        {
            if (ArchiveKeys.OfManifest(key) is { } place)
            {
                found.Add(place);
            }
        }

        return found.OrderBy(place => place.FirstOffset).ThenBy(place => place.LastOffset).ToLookup(place => place.Partition);
    }
}
