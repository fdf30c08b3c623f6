using Pipeline.Schemas.Errors;
using Pipeline.Storage.Objects.Folders;
using Pipeline.Storage.ObjectStores;
using Pipeline.Testing;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

public sealed class FolderObjectStoreTests : ObjectStoreContractTests, IDisposable
{
    private readonly string _folder = RepositoryFolders.CreateTemporary("objects");

    protected override bool IsAtomic => true;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new FolderObjectStore(Path.Combine(_folder, "not", "there", "yet")));

    [Fact]
    public async Task Files_lie_under_their_keys_and_nothing_else_is_left_behind()
    {
        var store = new FolderObjectStore(_folder);
        await store.PutAsync("a/b/x.gz", new byte[3], CancellationToken.None);
        await store.PutAsync("a/b/x.gz", new byte[4], CancellationToken.None);

        Assert.Equal([Path.Combine(_folder, "a/b/x.gz")], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        await store.DeleteAsync("a/b/x.gz", CancellationToken.None);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task What_a_killed_writer_left_is_no_object()
    {
        var store = new FolderObjectStore(_folder);
        await store.PutAsync("a/x", new byte[1], CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_folder, "a", "~0193unfinished"), "half");

        Assert.Equal(["a/x"], (await KeysAsync(store, "")).Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_folder_is_not_an_empty_store()
    {
        var file = Path.Combine(_folder, "objects");
        await File.WriteAllTextAsync(file, "");
        var store = new FolderObjectStore(file);

        await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("a/b", new byte[1], CancellationToken.None));
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.GetAsync("a/b", CancellationToken.None));
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await KeysAsync(store, ""));
    }

    [Fact]
    public async Task A_key_below_another_key_is_refused_by_name()
    {
        var store = new FolderObjectStore(_folder);
        await store.PutAsync("a/b", new byte[1], CancellationToken.None);

        var below = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("a/b/c", new byte[1], CancellationToken.None));
        var above = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("a", new byte[1], CancellationToken.None));

        Assert.Contains("write a/b/c", below.Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", above.Message, StringComparison.Ordinal);
        Assert.Equal(["a/b"], (await KeysAsync(store, "")).Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_error_of_the_store()
    {
        var store = new FolderObjectStore("/proc/self/nowhere");

        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("a", new byte[1], CancellationToken.None));

        Assert.Contains("write a", error.Message, StringComparison.Ordinal);
        Assert.True(error.Class is ErrorClass.Transient or ErrorClass.Permanent);
    }
}
