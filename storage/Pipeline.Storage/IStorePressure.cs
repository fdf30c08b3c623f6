namespace Pipeline.Storage;

/// <summary>Tells how near a store is to slowing inserts down, before it does.</summary>
public interface IStorePressure
{
    /// <summary>Looks once; a store that does not answer or does not tell is unknown, not an exception.</summary>
    ValueTask<StorePressure> ReadAsync(CancellationToken cancellationToken);
}
