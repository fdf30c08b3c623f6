using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Objects.S3;
using Pipeline.Storage.ObjectStores;
using Pipeline.Testing;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

/// <summary>Failed batches in the stores that people use.</summary>
[Collection(S3Collection.Name)]
[S3Backend]
public sealed class FailureStoreOnStoresTests(S3Server server) : IDisposable
{
    private readonly string _folder = RepositoryFolders.CreateTemporary("failed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_folder_keeps_replays_and_forgets_batches() =>
        LiveThroughAsync(ObjectStoreFactory.Open(new ObjectStoreOptions { Location = _folder }, TimeProvider.System));

    [BackendFact]
    public async Task A_bucket_keeps_replays_and_forgets_batches()
    {
        foreach (var mode in Enum.GetValues<S3ChecksumMode>())
        {
            var options = await server.CreateBucketAsync("team");
            using var store = (S3ObjectStore)ObjectStoreFactory.Open(options with { S3 = options.S3 with { ChecksumMode = mode, PageSize = 2 } }, TimeProvider.System);
            await LiveThroughAsync(store);
        }
    }

    [BackendFact]
    public async Task A_bucket_in_trouble_is_an_error_and_the_next_write_is_whole()
    {
        Assert.False(S3Server.IsExternal, "this test scripts the answers of the stand-in");
        await using var front = await S3Front.StartAsync(server.Endpoint);
        var options = await server.CreateBucketAsync();
        using var store = (S3ObjectStore)ObjectStoreFactory.Open(
            options with { S3 = options.S3 with { Endpoint = front.Address, Retries = 0, ConditionalWrites = true } }, TimeProvider.System);
        var failures = new FailureStore(store);
        front.Script = request => request.Method == "PUT" && request.Path.Value!.EndsWith("manifest.json", StringComparison.Ordinal) ? (500, "InternalError") : null;
        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await failures.WriteAsync(TestFailedBatches.Typical(), CancellationToken.None));
        Assert.Equal(ErrorClass.Transient, error.Class);

        front.Script = null;
        var manifest = await failures.WriteAsync(TestFailedBatches.Typical(), CancellationToken.None);

        Assert.Equal(5, (await failures.ReadAsync(manifest, CancellationToken.None)).Count);
    }

    private static async Task LiveThroughAsync(IObjectStore objects)
    {
        var store = new FailureStore(objects);
        var batches = Enumerable.Range(1, 4).Select(TestFailedBatches.Typical).ToList();
        foreach (var batch in batches)
        {
            await store.WriteAsync(batch, CancellationToken.None);
            await store.WriteAsync(batch, CancellationToken.None);
        }

        var entries = await store.ListAsync(null, null, CancellationToken.None).ToListAsync();
        Assert.Equal(4, entries.Count);
        foreach (var entry in entries)
        {
            Assert.Null(entry.Damage);
            Assert.Null(await store.VerifyAsync(entry.Folder, CancellationToken.None));
            Assert.Equal(17, (await store.ReadAsync(entry.Manifest!, CancellationToken.None)).Sum(record => record.Decoded?.EventCount ?? 1));
            var attempt = new ReplayAttempt
            {
                JobId = "job",
                Actor = "a",
                Reason = "r",
                StartedAt = entry.Manifest!.FailedAt,
                FinishedAt = entry.Manifest.FailedAt,
                Attempted = 1,
                Stored = 1,
                Unchanged = 0,
                Failed = 0,
            };
            Assert.Equal(1, (await store.AppendAttemptAsync(entry.Manifest, attempt, CancellationToken.None)).Number);
            Assert.Equal(2, (await store.AppendAttemptAsync(entry.Manifest, attempt with { JobId = "next" }, CancellationToken.None)).Number);
            Assert.Equal(["job", "next"], (await store.ReadAttemptsAsync(entry.Manifest, CancellationToken.None).ToListAsync()).Select(note => note.JobId));
            await store.DeleteAsync(entry.Manifest, CancellationToken.None);
        }

        Assert.Empty(await objects.ListAsync("", null, CancellationToken.None).ToListAsync());
    }
}
