using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Objects.S3;

/// <summary>Keeps objects in a bucket of S3, or of a store that speaks its protocol, behind a prefix.</summary>
public sealed class S3ObjectStore : IObjectStore, IDisposable
{
    // 409: two writers of one key met. One of them is through by then, so that the next answer is definite.
    private const int MaxConflicts = 5;

    private static readonly TimeSpan FirstConflictPause = TimeSpan.FromMilliseconds(100);

    private readonly AmazonS3Client _client;
    private readonly S3Options _options;
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly TimeProvider _clock;

    internal S3ObjectStore(ObjectStoreOptions options, TimeProvider clock)
    {
        _options = options.S3;
        _bucket = options.Bucket;
        _prefix = options.Prefix;
        _clock = clock;
        Location = $"s3://{_bucket}/{_prefix}".TrimEnd('/');
        try
        {
            _client = S3ClientFactory.Create(options.S3);
        }
        catch (AmazonClientException refused)
        {
            throw new ObjectStoreException($"{Location}: {refused.Message}", refused) { Class = ErrorClass.Permanent };
        }
    }

    /// <inheritdoc />
    public string Location { get; }

    /// <inheritdoc />
    public async ValueTask<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        return await RunAsync($"write {key}", token => WriteAsync(_prefix + key, content, token), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        return await RunAsync($"read {key}", token => ReadAsync(_prefix + key, token), cancellationToken);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoPrefix(prefix);
        var last = startAfter;
        string? continuation = null;
        do
        {
            var request = new ListObjectsV2Request
            {
                BucketName = _bucket,
                Prefix = _prefix + prefix,
                MaxKeys = _options.PageSize,
                ContinuationToken = continuation,
                StartAfter = startAfter is null ? null : _prefix + startAfter,
            };
            var page = await RunAsync($"list {prefix}", token => _client.ListObjectsV2Async(request, token), cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                var key = found.Key[_prefix.Length..];
                if (!ObjectKeyRule.IsKey(key))
                {
                    // Folder markers and what others keep in the same bucket.
                    continue;
                }

                if (last is not null && string.CompareOrdinal(key, last) <= 0)
                {
                    // Directory buckets list so. Who resumes behind a key would lose the rest.
                    throw new ObjectStoreException($"{Location}: list {prefix}: {key} comes after {last}; the store does not list in order") { Class = ErrorClass.Permanent };
                }

                last = key;
                yield return new ObjectEntry(key, found.Size ?? 0);
            }

            continuation = page.IsTruncated is true ? page.NextContinuationToken : null;
            if (page.IsTruncated is true && string.IsNullOrEmpty(continuation))
            {
                throw new ObjectStoreException($"{Location}: list {prefix}: there is more, but the store does not say how to go on") { Class = ErrorClass.Permanent };
            }
        }
        while (continuation is not null);
    }

    /// <inheritdoc />
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        var request = new DeleteObjectRequest { BucketName = _bucket, Key = _prefix + key };
        await RunAsync($"delete {key}", token => _client.DeleteObjectAsync(request, token), cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<PutOutcome> WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!_options.ConditionalWrites && await ExistsAsync(key, cancellationToken))
        {
            return PutOutcome.Exists;
        }

        for (var conflicts = 1; ; conflicts++)
        {
            using var stream = StreamOf(content);
            var request = new PutObjectRequest
            {
                BucketName = _bucket,
                Key = key,
                InputStream = stream,
                AutoCloseStream = false,
                ContentType = "application/octet-stream",
                IfNoneMatch = _options.ConditionalWrites ? "*" : null,

                // One piece, its SHA-256 in the signature: every store takes that, and none can store other bytes.
                UseChunkEncoding = false,
            };
            try
            {
                await _client.PutObjectAsync(request, cancellationToken);
                return PutOutcome.Created;
            }
            catch (AmazonS3Exception taken) when (taken.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return PutOutcome.Exists;
            }
            catch (AmazonS3Exception conflict) when (conflict.StatusCode == HttpStatusCode.Conflict && conflicts < MaxConflicts)
            {
                await Task.Delay(FirstConflictPause * (1 << (conflicts - 1)), _clock, cancellationToken);
            }
        }
    }

    private async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await _client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _bucket, Key = key }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            // A missing bucket looks the same here; the write that follows names it.
            return false;
        }
    }

    private async Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = key }, cancellationToken);
            using var content = new MemoryStream(checked((int)answer.ContentLength));
            await answer.ResponseStream.CopyToAsync(content, cancellationToken);
            return content.Length == answer.ContentLength
                ? content.ToArray()
                : throw new IOException($"{content.Length} of {answer.ContentLength} bytes came");
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound && missing.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }

    private async Task<T> RunAsync<T>(string what, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await operation(either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException($"{Location}: {what}: no answer within {_options.Timeout.TotalSeconds:0.#} s", late);
        }
        catch (AmazonServiceException refused)
        {
            var code = refused.ErrorCode ?? "";
            throw new ObjectStoreException($"{Location}: {what}: {code} (HTTP {(int)refused.StatusCode}): {refused.Message}", refused)
            {
                Class = ErrorTable.ClassOfObjectStore(code, (int)refused.StatusCode),
                Code = code,
            };
        }
        catch (Exception failed) when (failed is AmazonClientException or HttpRequestException or IOException)
        {
            throw new ObjectStoreException($"{Location}: {what}: {failed.Message}", failed);
        }
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);
}
