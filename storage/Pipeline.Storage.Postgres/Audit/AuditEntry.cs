namespace Pipeline.Storage.Postgres.Audit;

/// <summary>Who did what to what, and why.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Action">What, for example <c>failed.purge</c>.</param>
/// <param name="Subject">To what: the id of a batch or a job.</param>
/// <param name="Reason">Why, in the actor's words.</param>
/// <param name="Detail">What belongs to it, by name.</param>
public sealed record AuditEntry(string Actor, string Action, string Subject, string Reason, IReadOnlyDictionary<string, string> Detail)
{
    /// <summary>When; given by the database.</summary>
    public DateTimeOffset At { get; init; }
}
