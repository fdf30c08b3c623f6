namespace Pipeline.Buffer;

/// <summary>Tells when a log deletes records that nobody has read; <see cref="Expiry.BacklogReader"/> makes a countdown of it.</summary>
public interface IEventLogExpiry
{
    /// <summary>How long the log keeps a record whether or not it was read, as it is set now.</summary>
    /// <exception cref="EventLogUnavailableException">The backend does not answer.</exception>
    ValueTask<RecordLifetime> ReadLifetimeAsync(CancellationToken cancellationToken);

    /// <summary>When the log took the first record at or behind each offset, by partition; one that does not come in time is left out.</summary>
    /// <exception cref="EventLogUnavailableException">The backend does not answer.</exception>
    ValueTask<IReadOnlyDictionary<int, DateTimeOffset>> ReadAppendTimesAsync(IReadOnlyCollection<PartitionOffset> offsets, CancellationToken cancellationToken);
}
