using System.Runtime.CompilerServices;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Objects.Folders;

/// <summary>Keeps each object in a file below a folder; several processes may share it.</summary>
/// <remarks>
/// A file appears under its name whole and synced, or not at all. Files whose names are no keys are nobody's: half-written ones of a killed
/// process among them. Unlike a bucket, a folder cannot hold both <c>a</c> and <c>a/b</c>.
/// </remarks>
public sealed class FolderObjectStore : IObjectStore
{
    // Another process may remove the folder while it is empty; that often in a row is no coincidence.
    private const int MaxFolderAttempts = 10;

    private readonly string _root;

    /// <summary>Creates the store; the folder itself is created with the first object.</summary>
    public FolderObjectStore(string folder) => _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <inheritdoc />
    public string Location => _root;

    /// <inheritdoc />
    public async ValueTask<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        return await RunAsync($"write {key}", () => Put(PathOf(key), content.Span), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        return await RunAsync<byte[]?>(
            $"read {key}",
            () =>
            {
                try
                {
                    return File.ReadAllBytes(PathOf(key));
                }
                catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException && !File.Exists(_root))
                {
                    return null;
                }
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoPrefix(prefix);

        // Folders still to be listed and files still to be given, the next one on top: memory is that of the folders on the way down.
        var pending = new Stack<FolderEntry>();
        pending.Push(new FolderEntry("", IsFolder: true, 0));
        while (pending.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!next.IsFolder)
            {
                yield return new ObjectEntry(next.Key, next.Size);
                continue;
            }

            var inside = await RunAsync($"list {next.Key}", () => EntriesOf(next.Key, prefix, startAfter), cancellationToken);
            foreach (var entry in inside)
            {
                pending.Push(entry);
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        await RunAsync($"delete {key}", () => Delete(PathOf(key)), cancellationToken);
    }

    private PutOutcome Put(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        for (var attempt = 1; ; attempt++)
        {
            Directory.CreateDirectory(folder);

            // In the same folder and so on the same file system; no key has a ~.
            var unfinished = Path.Combine(folder, $"~{Guid.CreateVersion7():N}");
            try
            {
                using (var file = File.OpenHandle(unfinished, FileMode.CreateNew, FileAccess.Write, preallocationSize: content.Length))
                {
                    RandomAccess.Write(file, content, 0);
                    RandomAccess.FlushToDisk(file);
                }

                var isNew = DurableFolder.TryLink(unfinished, path);
                if (!isNew && Directory.Exists(path))
                {
                    throw new IOException($"{path} is a folder: other keys begin with it");
                }

                // Also when another writer was first: its object counts as stored now, so its name must be durable now.
                SyncUpwards(folder);
                return isNew ? PutOutcome.Created : PutOutcome.Exists;
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException && attempt < MaxFolderAttempts)
            {
                // A delete took the folder away as empty, just now.
            }
            finally
            {
                if (Directory.Exists(folder))
                {
                    File.Delete(unfinished);
                }
            }
        }
    }

    // A new folder is durable only with its own name in the folder above it.
    private void SyncUpwards(string folder)
    {
        for (var current = folder; ; current = Path.GetDirectoryName(current)!)
        {
            DurableFolder.Sync(current);
            if (current == _root)
            {
                DurableFolder.Sync(Path.GetDirectoryName(current) ?? "/");
                return;
            }
        }
    }

    private bool Delete(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            File.Delete(path);
            DurableFolder.Sync(folder);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another delete was here first and took the folder with it.
            return false;
        }

        while (folder != _root && TryRemove(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return true;
    }

    // The system itself refuses to remove a folder that holds anything, so no look is needed that a writer could overtake.
    private static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Largest first, because they go onto a stack. A folder counts as its name and a slash: that is how its keys compare.
    private List<FolderEntry> EntriesOf(string parent, string prefix, string? startAfter)
    {
        var entries = new List<FolderEntry>();
        try
        {
            foreach (var found in new DirectoryInfo(Path.Combine(_root, parent)).EnumerateFileSystemInfos())
            {
                var isFolder = found is DirectoryInfo;
                var key = parent + found.Name + (isFolder ? "/" : "");
                if (!ObjectKeyRule.IsPrefix(key) || !IsWanted(key, isFolder, prefix, startAfter))
                {
                    continue;
                }

                entries.Add(new FolderEntry(key, isFolder, found is FileInfo { Exists: true } file ? file.Length : 0));
            }
        }
        catch (DirectoryNotFoundException) when (!File.Exists(_root))
        {
            // Removed while it was being listed, or never there: nothing is in it. A file in the folder's place holds nothing either, but is no store.
        }

        entries.Sort(static (a, b) => string.CompareOrdinal(b.Key, a.Key));
        return entries;
    }

    private static bool IsWanted(string key, bool isFolder, string prefix, string? startAfter)
    {
        var matches = key.StartsWith(prefix, StringComparison.Ordinal) || (isFolder && prefix.StartsWith(key, StringComparison.Ordinal));
        return matches && (startAfter is null || string.CompareOrdinal(key, startAfter) > 0 || (isFolder && startAfter.StartsWith(key, StringComparison.Ordinal)));
    }

    private string PathOf(string key) => Path.Combine(_root, key);

    private async Task<T> RunAsync<T>(string what, Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            // The file system blocks; the caller's thread may be a partition's.
            return await Task.Run(work, cancellationToken);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new ObjectStoreException($"{_root}: {what}: {refused.Message}", refused) { Class = ErrorClass.Permanent };
        }
        catch (IOException failed)
        {
            throw new ObjectStoreException($"{_root}: {what}: {failed.Message}", failed);
        }
    }

    private readonly record struct FolderEntry(string Key, bool IsFolder, long Size);
}
