using System.Diagnostics;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.Objects.S3;
using Pipeline.Storage.ObjectStores;
using Pipeline.Testing;
using Pipeline.Testing.Buffer;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

/// <summary>What a store answers that is in trouble, and what goes over the wire.</summary>
[Collection(S3Collection.Name)]
[S3Backend]
public sealed class S3FaultTests(S3Server server) : IAsyncLifetime
{
    private S3Front? _front;

    public async Task InitializeAsync() => _front = S3Server.MissingReason is null && !S3Server.IsExternal ? await S3Front.StartAsync(server.Endpoint) : null;

    public async Task DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }
    }

    [BackendFact]
    public async Task A_conflict_is_tried_again_until_the_answer_is_definite()
    {
        using var store = await OpenAsync(retries: 0);
        var answers = 0;
        _front!.Script = request => request.Method == "PUT" && answers++ < 2 ? (409, "ConditionalRequestConflict") : null;

        Assert.Equal(PutOutcome.Created, await store.PutAsync("k", new byte[1], CancellationToken.None));

        Assert.Equal(3, answers);
    }

    [BackendFact]
    public async Task A_conflict_without_end_is_transient()
    {
        using var store = await OpenAsync(retries: 0);
        _front!.Script = _ => (409, "ConditionalRequestConflict");

        await AssertFailsAsync(ErrorClass.Transient, "ConditionalRequestConflict", () => store.PutAsync("k", new byte[1], CancellationToken.None));
    }

    [BackendFact]
    public async Task A_lost_answer_ends_as_an_object_that_is_there()
    {
        using var store = await OpenAsync(retries: 2);
        var breaks = 0;
        _front!.Breaks = request => request.Method == "PUT" && breaks++ == 0;

        Assert.Equal(PutOutcome.Exists, await store.PutAsync("k", "mine"u8.ToArray(), CancellationToken.None));

        Assert.Equal("mine"u8.ToArray(), await store.GetAsync("k", CancellationToken.None));
    }

    [BackendFact]
    public async Task Errors_have_the_class_of_the_table()
    {
        using var store = await OpenAsync(retries: 0);
        foreach (var (status, code, expected) in new[]
        {
            (503, "SlowDown", ErrorClass.Overload), (500, "InternalError", ErrorClass.Transient), (403, "AccessDenied", ErrorClass.Permanent),
            (403, "SignatureDoesNotMatch", ErrorClass.Permanent), (404, "NoSuchBucket", ErrorClass.Permanent), (400, "EntityTooLarge", ErrorClass.Poison),
            (501, "NotImplemented", ErrorClass.Permanent), (400, "ExpiredToken", ErrorClass.Transient),
        })
        {
            _front!.Script = _ => (status, code);
            await AssertFailsAsync(expected, code, () => store.PutAsync("k", new byte[1], CancellationToken.None));
            await AssertFailsAsync(expected, code, async () => await store.GetAsync("k", CancellationToken.None));
            await AssertFailsAsync(expected, code, async () => await store.ListAsync("", null, CancellationToken.None).ToListAsync());
        }

        // A gateway in between answers without a document.
        _front!.Script = _ => (503, "");
        var bare = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.GetAsync("k", CancellationToken.None));
        Assert.Equal(ErrorClass.Overload, bare.Class);
    }

    [BackendFact]
    public async Task The_client_repeats_what_failed_for_a_moment()
    {
        using var store = await OpenAsync(retries: 3);
        var answers = 0;
        _front!.Script = _ => answers++ < 2 ? (503, "SlowDown") : null;

        Assert.Null(await store.GetAsync("k", CancellationToken.None));

        Assert.Equal(3, answers);
    }

    [BackendFact]
    public async Task A_bucket_that_is_missing_is_permanent_however_it_is_met()
    {
        foreach (var isConditional in new[] { true, false })
        {
            using var store = await OpenAsync(retries: 0, options => options with
            {
                Location = "s3://no-such-bucket/p",
                S3 = options.S3 with { ConditionalWrites = isConditional },
            });

            await AssertFailsAsync(ErrorClass.Permanent, "NoSuchBucket", () => store.PutAsync("k", new byte[1], CancellationToken.None));
            await AssertFailsAsync(ErrorClass.Permanent, "NoSuchBucket", async () => await store.GetAsync("k", CancellationToken.None));
        }
    }

    [BackendFact]
    public async Task A_store_that_is_away_is_transient_and_no_secret_is_told()
    {
        using var store = await OpenAsync(retries: 0, options => options with
        {
            S3 = options.S3 with { Endpoint = new Uri($"http://127.0.0.1:{FreePorts.Next()}"), SecretKey = "s3cr3t" },
        });

        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("k", new byte[1], CancellationToken.None));

        Assert.Equal(ErrorClass.Transient, error.Class);
        Assert.DoesNotContain("s3cr3t", error.ToString() + store.Location, StringComparison.Ordinal);
    }

    [BackendFact]
    public async Task A_store_that_does_not_answer_is_given_up_in_time()
    {
        using var store = await OpenAsync(retries: 0, options => options with { S3 = options.S3 with { Timeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) } });
        using var asked = new SemaphoreSlim(0);
        _front!.Script = _ =>
        {
            asked.Wait(TimeSpan.FromSeconds(20));
            return null;
        };
        var elapsed = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.GetAsync("k", CancellationToken.None));

        asked.Release(10);
        Assert.Contains("no answer within 1 s", error.Message, StringComparison.Ordinal);
        Assert.True(elapsed.Elapsed < TimeSpan.FromSeconds(10));
    }

    [BackendFact]
    public async Task A_caller_that_stops_waiting_is_not_told_that_the_store_failed()
    {
        using var store = await OpenAsync(retries: 0);
        using var caller = new CancellationTokenSource();
        _front!.Script = _ =>
        {
            caller.Cancel();
            return (503, "SlowDown");
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("k", caller.Token));
    }

    [BackendFact]
    public async Task Bytes_are_signed_whole_and_sent_in_one_piece_in_both_checksum_modes()
    {
        foreach (var mode in Enum.GetValues<S3ChecksumMode>())
        {
            using var store = await OpenAsync(retries: 0, options => options with { S3 = options.S3 with { ChecksumMode = mode } });
            await store.PutAsync($"k-{mode}", "abc"u8.ToArray(), CancellationToken.None);
            var (_, path, headers) = _front!.Requests.Last(request => request.Method == "PUT");

            // The SHA-256 of "abc".
            Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", headers["x-amz-content-sha256"]);
            Assert.DoesNotContain("Content-Encoding", headers.Keys);
            Assert.Equal("*", headers["If-None-Match"]);
            Assert.Equal(mode == S3ChecksumMode.WhenSupported, headers.Keys.Any(name => name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)));
            Assert.EndsWith($"/k-{mode}", path, StringComparison.Ordinal);
        }
    }

    [BackendFact]
    public async Task What_others_keep_in_the_bucket_is_not_listed()
    {
        using var store = await OpenAsync(retries: 0);
        await store.PutAsync("a/x", new byte[1], CancellationToken.None);
        using var client = new HttpClient { BaseAddress = _front!.Address };
        var bucket = _front.Requests.First(request => request.Method == "PUT").Path.Split('/')[1];
        foreach (var foreign in new[] { "a/", "a/%20odd%20name", "a//double" })
        {
            using var answer = await client.PutAsync($"/{bucket}/{foreign}", new ByteArrayContent([1]));
            Assert.True(answer.IsSuccessStatusCode, foreign);
        }

        Assert.Equal(["a/x"], (await store.ListAsync("", null, CancellationToken.None).ToListAsync()).Select(entry => entry.Key));
    }

    private static async Task AssertFailsAsync<T>(ErrorClass expected, string code, Func<ValueTask<T>> operation)
    {
        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await operation());
        Assert.Equal((expected, code), (error.Class, error.Code));
    }

    private async Task<S3ObjectStore> OpenAsync(int retries, Func<ObjectStoreOptions, ObjectStoreOptions>? change = null)
    {
        Assert.False(S3Server.IsExternal, "these tests script the answers of the stand-in");
        var options = await server.CreateBucketAsync();
        options = options with { S3 = options.S3 with { Endpoint = _front!.Address, ConditionalWrites = true, Retries = retries } };
        return (S3ObjectStore)ObjectStoreFactory.Open(change?.Invoke(options) ?? options, TimeProvider.System);
    }
}
