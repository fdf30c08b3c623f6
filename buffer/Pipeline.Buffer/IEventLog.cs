using Pipeline.Schemas.Records;

namespace Pipeline.Buffer;

/// <summary>One topic of the buffer: a partitioned, durable, ordered log that gateways append to and consumer groups read.</summary>
/// <remarks>
/// Every backend passes <c>EventLogContractTests</c>. All members are thread-safe. An expected failure is an outcome, not an exception.
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>Name of the topic.</summary>
    string Topic { get; }

    /// <summary>Number of partitions; known once <see cref="OpenAsync"/> returned.</summary>
    /// <exception cref="InvalidOperationException">The log is not open yet.</exception>
    int PartitionCount { get; }

    /// <summary>Connects and learns the partition count; retried by the host until it succeeds.</summary>
    /// <exception cref="EventLogUnavailableException">The backend cannot be reached or the topic does not exist.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Appends one record; completes when the log holds it durably (Kafka: every in-sync replica; Postgres: committed).</summary>
    /// <param name="partition">Target partition, 0 to <see cref="PartitionCount"/> - 1.</param>
    /// <param name="key">Record key, the text that <c>PartitionRule</c> hashed.</param>
    /// <param name="headers">Headers.</param>
    /// <param name="value">The encoded record. The log owns the array from here on.</param>
    /// <param name="cancellationToken">Stops the waiting only: the record may still be appended.</param>
    /// <remarks>A full buffer or an unreachable backend is not an exception: the outcome is Busy or Unavailable and the caller answers 503.</remarks>
    ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken);

    /// <summary>Joins a consumer group as one member and returns its reader.</summary>
    IEventLogReader Join(ReaderOptions options);

    /// <summary>First offset, end offset and the group's committed offset, for every partition.</summary>
    ValueTask<IReadOnlyList<PartitionPosition>> ReadPositionsAsync(string group, CancellationToken cancellationToken);

    /// <summary>Reads a range of one partition without a group, for the ledger and for replay. Offsets no longer held are left out.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="fromOffset">First offset, inclusive.</param>
    /// <param name="toOffset">Last offset, exclusive.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    IAsyncEnumerable<BufferedRecord> ReadRangeAsync(int partition, long fromOffset, long toOffset, CancellationToken cancellationToken);

    /// <summary>Whether the backend can take an append now, by a cheap check; used by readiness.</summary>
    ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken);
}
