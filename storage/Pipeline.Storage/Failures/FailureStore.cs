using System.Runtime.CompilerServices;
using Pipeline.Schemas;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Failures;

/// <summary>Keeps failed batches in an object store, and gives them back only when every byte is what was written.</summary>
/// <remarks>
/// Thread-safe. A batch counts as kept when its manifest is there: records come first, each object is read back and compared, and only then
/// may its offsets be committed. Keys come from the content, so that writing the same batch twice within an hour keeps it once.
/// </remarks>
/// <param name="store">Where the objects lie.</param>
/// <param name="softwareVersion">What manifests say of their writer; null for the version of this assembly.</param>
public sealed class FailureStore(IObjectStore store, string? softwareVersion = null)
{
    private readonly string _softwareVersion = softwareVersion ?? typeof(FailureStore).Assembly.GetName().Version?.ToString(3) ?? "";
    private readonly ReplayAttempts _attempts = new(store);

    /// <summary>Where it is, without credentials.</summary>
    public string Location => store.Location;

    /// <summary>The folder of a batch, as <see cref="ListAsync"/> gives it.</summary>
    public static string FolderOf(FailedBatchManifest manifest) => FailedBatchKeys.FolderOf(manifest);

    /// <summary>Keeps a batch; it is held durably and was read back when this returns.</summary>
    /// <returns>Its manifest, or that of the same batch if it was kept before in the same hour.</returns>
    /// <exception cref="ObjectStoreException">It is not kept, or nobody knows: write it again.</exception>
    /// <exception cref="ArgumentException">It has no records, or waiting would help it.</exception>
    public async ValueTask<FailedBatchManifest> WriteAsync(FailedBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Records.Count == 0 || batch.Class is not (ErrorClass.Poison or ErrorClass.Permanent))
        {
            throw new ArgumentException($"{batch.Records.Count} records of class {batch.Class} are no failed batch", nameof(batch));
        }

        var summary = new FailedBatchSummary();
        var records = FailedRecordsCodec.Encode(batch.Records, summary);
        var manifest = ManifestOf(batch, records, summary);
        var folder = FailedBatchKeys.FolderOf(manifest);
        await WriteRecordsAsync(folder + FailedBatchKeys.Records, records, cancellationToken);
        return await WriteManifestAsync(folder, manifest, cancellationToken);
    }

    /// <summary>The batches that were given up within a time, oldest hour first. A damaged one is an entry, not an error.</summary>
    /// <param name="from">Earliest; null for all.</param>
    /// <param name="to">End, itself excluded; null for all.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public async IAsyncEnumerable<FailedBatchEntry> ListAsync(
        DateTimeOffset? from, DateTimeOffset? to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The hour's own name sorts before every key in it.
        var startAfter = from is { } first ? FailedBatchKeys.HourOf(first) : null;
        var end = to is { } last ? FailedBatchKeys.HourOf(last) + "/~" : null;
        FailedFolder? folder = null;
        await foreach (var (key, size) in store.ListAsync(FailedBatchKeys.Root, startAfter, cancellationToken))
        {
            if (end is not null && string.CompareOrdinal(key, end) > 0)
            {
                break;
            }

            var (path, name) = FailedBatchKeys.Split(key);
            if (folder?.Path != path)
            {
                if (folder is not null && await EntryOfAsync(folder, from, to, cancellationToken) is { } entry)
                {
                    yield return entry;
                }

                folder = new FailedFolder(path);
            }

            folder.Add(name, size);
        }

        if (folder is not null && await EntryOfAsync(folder, from, to, cancellationToken) is { } lastEntry)
        {
            yield return lastEntry;
        }
    }

    /// <summary>The manifest in a folder.</summary>
    /// <exception cref="FailedBatchDamagedException">There is none that can be trusted; it says why.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public async ValueTask<FailedBatchManifest> ReadManifestAsync(string folder, CancellationToken cancellationToken)
    {
        ThrowIfNoFolder(folder);
        return FailedManifestCodec.Decode(folder, await store.GetAsync(folder + FailedBatchKeys.Manifest, cancellationToken));
    }

    /// <summary>The records of a batch, after all of it was verified; about as many bytes of memory as it had in the log, and once more while unpacking.</summary>
    /// <exception cref="FailedBatchDamagedException">Something is not what was written; it says what. Nothing of the batch is given.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public async ValueTask<IReadOnlyList<FailedRecord>> ReadAsync(FailedBatchManifest manifest, CancellationToken cancellationToken)
    {
        var records = new List<FailedRecord>(Math.Max(0, manifest.Records));
        await VerifyAsync(FolderOf(manifest), line => records.Add(line.ToRecord()), cancellationToken);
        return records;
    }

    /// <summary>Reads all of a batch and compares.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public async ValueTask<FailedBatchDamage?> VerifyAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            await VerifyAsync(folder, static _ => { }, cancellationToken);
            return null;
        }
        catch (FailedBatchDamagedException damaged)
        {
            return damaged.Damage;
        }
    }

    /// <summary>Notes a replay beside its batch, under the next free number. The same note written twice in a row is kept once.</summary>
    /// <returns>The note with its number.</returns>
    /// <exception cref="ObjectStoreException">It is not kept, or nobody knows: write it again.</exception>
    public ValueTask<ReplayAttempt> AppendAttemptAsync(FailedBatchManifest manifest, ReplayAttempt attempt, CancellationToken cancellationToken) =>
        _attempts.AppendAsync(FolderOf(manifest), attempt, cancellationToken);

    /// <summary>The notes of a batch's replays in order.</summary>
    /// <exception cref="FailedBatchDamagedException">A note is not what was written; thrown behind the last one that is.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public IAsyncEnumerable<ReplayAttempt> ReadAttemptsAsync(FailedBatchManifest manifest, CancellationToken cancellationToken) =>
        _attempts.ReadAsync(FolderOf(manifest), cancellationToken);

    /// <inheritdoc cref="DeleteAsync(string, CancellationToken)"/>
    public ValueTask DeleteAsync(FailedBatchManifest manifest, CancellationToken cancellationToken) => DeleteAsync(FolderOf(manifest), cancellationToken);

    /// <summary>Deletes a batch: records, notes, and the manifest last, so that what is left of an interrupted delete is still listed and can be deleted.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses; delete it again.</exception>
    public async ValueTask DeleteAsync(string folder, CancellationToken cancellationToken)
    {
        ThrowIfNoFolder(folder);
        await store.DeleteAsync(folder + FailedBatchKeys.Records, cancellationToken);
        await foreach (var (key, _) in store.ListAsync(folder, startAfter: null, cancellationToken))
        {
            if (key != folder + FailedBatchKeys.Manifest)
            {
                await store.DeleteAsync(key, cancellationToken);
            }
        }

        await store.DeleteAsync(folder + FailedBatchKeys.Manifest, cancellationToken);
    }

    private static void ThrowIfNoFolder(string folder)
    {
        if (!FailedBatchKeys.IsFolder(folder))
        {
            throw new ArgumentException($"\"{folder}\" is no folder of a failed batch", nameof(folder));
        }
    }

    private FailedBatchManifest ManifestOf(FailedBatch batch, byte[] records, FailedBatchSummary summary)
    {
        var hash = SealedJson.HashOf(records);
        var failedAt = UnixMicros.ToDateTimeOffset(batch.FailedAtMicros);
        return new FailedBatchManifest
        {
            Format = FailedBatchManifest.CurrentFormat,
            BatchId = FailedBatchKeys.IdOf(batch.Group, hash),
            Group = batch.Group,
            Class = batch.Class,
            Code = batch.Code,
            Error = batch.Error,
            Attempts = batch.Attempts,
            FirstAttemptAt = UnixMicros.ToDateTimeOffset(batch.FirstAttemptAtMicros),
            FailedAt = failedAt,
            FirstReceivedAt = summary.FirstSeenAt ?? failedAt,
            LastReceivedAt = summary.LastSeenAt ?? failedAt,
            SoftwareVersion = _softwareVersion,
            Sources = summary.Sources,
            Projects = summary.Projects,
            Reasons = summary.Reasons,
            Records = summary.Records,
            Events = summary.Events,
            Bytes = summary.Bytes,
            ObjectBytes = records.Length,
            ObjectSha256 = hash,
        };
    }

    private async ValueTask WriteRecordsAsync(string key, byte[] records, CancellationToken cancellationToken)
    {
        var outcome = await store.PutAsync(key, records, cancellationToken);
        var stored = await store.GetAsync(key, cancellationToken);
        if (stored is null || !stored.AsSpan().SequenceEqual(records))
        {
            throw await store.RefuseAsync(key, outcome, $"{key}: {stored?.Length ?? 0} other bytes where {records.Length} were written", cancellationToken);
        }
    }

    // The folder's name is made of the records, so that any whole manifest in it vouches for them; an earlier one differs in when and how often.
    private async ValueTask<FailedBatchManifest> WriteManifestAsync(string folder, FailedBatchManifest manifest, CancellationToken cancellationToken)
    {
        var key = folder + FailedBatchKeys.Manifest;
        var outcome = await store.PutAsync(key, FailedManifestCodec.Encode(manifest), cancellationToken);
        try
        {
            return FailedManifestCodec.Decode(folder, await store.GetAsync(key, cancellationToken));
        }
        catch (FailedBatchDamagedException damaged)
        {
            throw await store.RefuseAsync(key, outcome, damaged.Message, cancellationToken);
        }
    }

    private async ValueTask<FailedBatchEntry?> EntryOfAsync(FailedFolder folder, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        if (!FailedBatchKeys.IsFolder(folder.Path))
        {
            return new FailedBatchEntry(folder.Path, null, new FailedBatchDamage(FailedBatchDefect.Key, $"{folder.Path}: is no folder of a failed batch"));
        }

        try
        {
            var manifest = await ReadManifestAsync(folder.Path, cancellationToken);
            return manifest.FailedAt < from || manifest.FailedAt >= to ? null : new FailedBatchEntry(folder.Path, manifest, folder.DamageOf(manifest));
        }
        catch (FailedBatchDamagedException damaged)
        {
            return new FailedBatchEntry(folder.Path, null, damaged.Damage);
        }
    }

    private async ValueTask VerifyAsync(string folder, Action<FailedLine> take, CancellationToken cancellationToken)
    {
        var manifest = await ReadManifestAsync(folder, cancellationToken);
        var key = folder + FailedBatchKeys.Records;
        var records = await store.GetAsync(key, cancellationToken);
        if (new FailedFolder(folder) { RecordsBytes = records?.Length }.DamageOf(manifest) is { } damage)
        {
            throw new FailedBatchDamagedException(damage);
        }

        if (SealedJson.HashOf(records) != manifest.ObjectSha256)
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.RecordsSha256, "does not have the SHA-256 that its manifest says");
        }

        var summary = new FailedBatchSummary();
        foreach (var line in FailedRecordsCodec.Decode(key, records!))
        {
            summary.Add(line);
            take(line);
        }

        if (!summary.Agrees(manifest))
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.Counts, "does not hold the records that its manifest counts");
        }
    }
}
