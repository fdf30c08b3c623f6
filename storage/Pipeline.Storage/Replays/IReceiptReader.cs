namespace Pipeline.Storage.Replays;

/// <summary>Reads what became of records.</summary>
public interface IReceiptReader
{
    /// <summary>The latest receipt of each record that has one.</summary>
    /// <exception cref="Exception">The store does not answer; which exception is the adapter's.</exception>
    ValueTask<IReadOnlyDictionary<Guid, RecordOutcome>> ReadAsync(IReadOnlyCollection<Guid> recordIds, CancellationToken cancellationToken);
}
