namespace Pipeline.Buffer;

/// <summary>Trims a log that does not trim itself; Kafka does, the log in Postgres does not.</summary>
/// <remarks>Safe to run in several processes at once, and to be killed at any time.</remarks>
public interface IEventLogRetention
{
    /// <summary>Deletes what is older than the retention and committed by every group, and reports what it had to keep.</summary>
    /// <exception cref="EventLogUnavailableException">The log cannot be used now; what was deleted before stays deleted.</exception>
    Task<RetentionReport> TrimAsync(CancellationToken cancellationToken);
}
