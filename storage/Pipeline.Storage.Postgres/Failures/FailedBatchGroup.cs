namespace Pipeline.Storage.Postgres.Failures;

/// <summary>How much of the failed batches has something in common.</summary>
/// <param name="Value">What: a class, a code, a project, …; empty when it is not known.</param>
/// <param name="Batches">Batches that have something of it.</param>
/// <param name="Records">Records; null by reason, code and table, which a record may have several of.</param>
/// <param name="Events">Events and spans; null like the records.</param>
/// <param name="Failures">Failures; null unless by reason, code or table.</param>
public sealed record FailedBatchGroup(string Value, long Batches, long? Records, long? Events, long? Failures);
