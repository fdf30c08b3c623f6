using Pipeline.Schemas.Errors;
using Pipeline.Storage.Objects.Folders;
using Pipeline.Storage.Objects.S3;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Objects;

/// <summary>Opens the object store that a setting names.</summary>
public static class ObjectStoreFactory
{
    /// <summary>Opens it; nothing is sent or created yet. Dispose what is disposable.</summary>
    /// <exception cref="ObjectStoreException">The settings cannot be used; it says which.</exception>
    public static IObjectStore Open(ObjectStoreOptions options, TimeProvider clock)
    {
        var problems = options.Problems();
        if (problems.Count > 0)
        {
            throw new ObjectStoreException($"object store: {string.Join("; ", problems)}") { Class = ErrorClass.Permanent };
        }

        return options.IsS3 ? new S3ObjectStore(options, clock) : new FolderObjectStore(options.Location);
    }
}
