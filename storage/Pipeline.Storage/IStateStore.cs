using Pipeline.Storage.Batches;

namespace Pipeline.Storage;

/// <summary>Where states are stored and merged.</summary>
/// <remarks>
/// Inserting is split in two so that a consumer can encode batch n+1 while batch n is on its way. Inserting the same batch twice changes
/// nothing that a reader can see. All members are thread-safe; a prepared batch belongs to one caller at a time.
/// </remarks>
public interface IStateStore
{
    /// <summary>Encodes a batch into what will be sent; pure CPU work. The caller disposes the result.</summary>
    IPreparedBatch Prepare(StateBatch batch);

    /// <summary>Sends a prepared batch and returns when the store confirmed every row.</summary>
    /// <remarks>A store that is down or refuses is an outcome, not an exception; the same prepared batch may be sent again.</remarks>
    ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken);

    /// <summary>Whether the store answers now; used by readiness.</summary>
    ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken);
}
