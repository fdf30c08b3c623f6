using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Archiving;

/// <summary>Keeps records of the log in an object store, as they are and for as long as the bucket keeps them.</summary>
/// <remarks>
/// Thread-safe. An object counts when its manifest is there: records come first, each object is read back and compared, and only then may
/// the offsets be committed. Writing the same records again, after a crash in between, changes nothing.
/// </remarks>
/// <param name="store">Where the objects lie.</param>
/// <param name="softwareVersion">What manifests say of their writer; null for the version of this assembly.</param>
public sealed class ArchiveStore(IObjectStore store, string? softwareVersion = null)
{
    private readonly string _softwareVersion = softwareVersion ?? typeof(ArchiveStore).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>Where it is, without credentials.</summary>
    public string Location => store.Location;

    /// <summary>Keeps consecutive records of one partition; they are held durably and were read back when this returns.</summary>
    /// <returns>Their manifest, or that of the same records if they were kept before.</returns>
    /// <exception cref="ObjectStoreException">They are not kept, or nobody knows: write them again.</exception>
    /// <exception cref="ArgumentException">They are none, or not consecutive.</exception>
    public async ValueTask<ArchiveManifest> WriteAsync(IReadOnlyList<ArchivedRecord> records, CancellationToken cancellationToken)
    {
        ThrowIfNotConsecutive(records);
        var first = records[0];
        var summary = new FailedBatchSummary();
        var encoded = ArchiveCodec.Encode(records, summary);
        var firstAt = FailureJson.TimeOf(first.AppendedAtMicros) ?? summary.FirstSeenAt ?? DateTimeOffset.UnixEpoch;
        var place = ArchiveKeys.ObjectOf(first.Topic, first.Partition, firstAt, first.Offset, records[^1].Offset);
        var kept = await WriteRecordsAsync(place, records, encoded, cancellationToken);
        var manifest = new ArchiveManifest
        {
            Format = ArchiveManifest.CurrentFormat,
            Topic = place.Topic,
            Partition = place.Partition,
            FirstOffset = place.FirstOffset,
            LastOffset = place.LastOffset,
            FirstReceivedAt = summary.FirstSeenAt,
            LastReceivedAt = summary.LastSeenAt,
            SoftwareVersion = _softwareVersion,
            Projects = summary.Projects,
            Records = summary.Records,
            Events = summary.Events,
            Bytes = summary.Bytes,
            ObjectBytes = kept.Length,
            ObjectSha256 = SealedJson.HashOf(kept),
        };
        return await WriteManifestAsync(place, manifest, cancellationToken);
    }

    /// <summary>Whether the store answers.</summary>
    public async ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in store.ListAsync("archive/", startAfter: null, cancellationToken))
            {
                break;
            }

            return true;
        }
        catch (ObjectStoreException)
        {
            return false;
        }
    }

    private static void ThrowIfNotConsecutive(IReadOnlyList<ArchivedRecord> records)
    {
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Topic != records[0].Topic || records[i].Partition != records[0].Partition || records[i].Offset != records[0].Offset + i)
            {
                throw new ArgumentException($"{records[i].Topic}/{records[i].Partition}/{records[i].Offset} does not follow the record before it", nameof(records));
            }
        }

        if (records.Count == 0)
        {
            throw new ArgumentException("no records", nameof(records));
        }
    }

    // The bytes that lie there now. Another version may have packed the same records otherwise; those are as good.
    private async ValueTask<byte[]> WriteRecordsAsync(ArchivedObject place, IReadOnlyList<ArchivedRecord> records, byte[] encoded, CancellationToken cancellationToken)
    {
        var outcome = await store.PutAsync(place.RecordsKey, encoded, cancellationToken);
        var stored = await store.GetAsync(place.RecordsKey, cancellationToken);
        return stored is not null && (stored.AsSpan().SequenceEqual(encoded) || HoldsSame(place, stored, records))
            ? stored
            : throw await store.RefuseAsync(place.RecordsKey, outcome, $"{place.RecordsKey}: other records, or damaged ones, where {records.Count} were written", cancellationToken);
    }

    private async ValueTask<ArchiveManifest> WriteManifestAsync(ArchivedObject place, ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        var outcome = await store.PutAsync(place.ManifestKey, ArchiveCodec.Encode(manifest), cancellationToken);
        var damage = $"{place.ManifestKey}: is of other records";
        try
        {
            var stored = ArchiveCodec.DecodeManifest(place, await store.GetAsync(place.ManifestKey, cancellationToken));
            if (stored.ObjectSha256 == manifest.ObjectSha256)
            {
                return stored;
            }
        }
        catch (ArchiveDamagedException damaged)
        {
            damage = damaged.Message;
        }

        throw await store.RefuseAsync(place.ManifestKey, outcome, damage, cancellationToken);
    }

    private static bool HoldsSame(ArchivedObject place, byte[] stored, IReadOnlyList<ArchivedRecord> records)
    {
        try
        {
            return ArchiveCodec.DecodeRecords(place, stored).Zip(records).All(pair => pair.First.Headers == pair.Second.Headers && pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span));
        }
        catch (ArchiveDamagedException)
        {
            // The caller says so of the object.
            return false;
        }
    }
}
