namespace Pipeline.Storage.ObjectStores;

/// <summary>Keeps objects under keys: a bucket with a prefix, or a folder.</summary>
/// <remarks>
/// Every adapter passes <c>ObjectStoreContractTests</c>. Members are thread-safe. Keys are relative, of <c>[A-Za-z0-9=_.-]</c> in segments
/// joined by <c>/</c>. Objects are written once and never changed, so that two writers of the same key cannot mix.
/// </remarks>
public interface IObjectStore
{
    /// <summary>Where it is, for people: <c>s3://bucket/prefix</c> or a folder; without credentials.</summary>
    string Location { get; }

    /// <summary>Creates an object; returns when the store holds it durably.</summary>
    /// <exception cref="ObjectStoreException">It is not stored, or nobody knows.</exception>
    ValueTask<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The whole object, or null when there is none.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Everything under a prefix in ascending order of the key's bytes.</summary>
    /// <param name="prefix">Beginning of the keys; empty lists all.</param>
    /// <param name="startAfter">Only keys behind this one; null begins at the first.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, string? startAfter, CancellationToken cancellationToken);

    /// <summary>Deletes an object; one that is not there counts as deleted.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken);
}
