using Pipeline.Schemas.Errors;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Failures;

/// <summary>What to do when an object that was put does not come back as it was given.</summary>
internal static class DamagedPut
{
    /// <summary>Removes what this process wrote just now, so that its next attempt can be better; what was there before is left for people to see.</summary>
    internal static async ValueTask<ObjectStoreException> RefuseAsync(
        this IObjectStore store, string key, PutOutcome outcome, string damage, CancellationToken cancellationToken)
    {
        if (outcome == PutOutcome.Created)
        {
            await store.DeleteAsync(key, cancellationToken);
        }

        return new ObjectStoreException($"{store.Location}: not kept: {damage}")
        {
            Class = outcome == PutOutcome.Created ? ErrorClass.Transient : ErrorClass.Permanent,
        };
    }
}
