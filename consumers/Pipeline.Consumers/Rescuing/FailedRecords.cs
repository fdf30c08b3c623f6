using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Schemas.Errors;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Brings failures together with the records they are of.</summary>
internal static class FailedRecords
{
    /// <summary>The records of a batch that hold events which became no state.</summary>
    internal static IReadOnlyList<FailedRecord> OfRejected(BatchSummary batch)
    {
        if (batch.Rejected.Count == 0)
        {
            return [];
        }

        var failures = batch.Rejected.ToLookup(
            rejected => new PartitionOffset(rejected.Partition, rejected.Offset),
            rejected => new RecordFailure(ErrorClass.Poison, rejected.Reason, rejected.Detail) { Position = rejected.Position });
        return Of(batch.Records, failures);
    }

    /// <summary>The records that have failures, by partition and offset, each once: a batch may hold one twice.</summary>
    internal static IReadOnlyList<FailedRecord> Of(IReadOnlyList<BufferedRecord> records, ILookup<PartitionOffset, RecordFailure> failures) =>
        [.. records
            .DistinctBy(source => new PartitionOffset(source.Partition, source.Offset))
            .Select(source => (Source: source, Failures: failures[new PartitionOffset(source.Partition, source.Offset)].Distinct().ToList()))
            .Where(failed => failed.Failures.Count > 0)
            .OrderBy(failed => failed.Source.Partition)
            .ThenBy(failed => failed.Source.Offset)
            .Select(failed => Of(failed.Source, failed.Failures))];

    /// <summary>Events that are poisoned: each once, however many tables refuse it; what is not one event's counts as one of its record.</summary>
    /// <remarks>Rows that were not told apart count as one together: most of them are good.</remarks>
    internal static int PoisonedEvents(IReadOnlyList<FailedRecord> records) => (int)Math.Ceiling(records.Sum(record => record.Failures
        .Where(failure => failure.Class == ErrorClass.Poison)
        .GroupBy(failure => failure.Position)
        .Sum(failures => failures.Max(failure => 1.0 / failure.Together))));

    /// <summary>Events of a record that failed: each once; what is not one event's counts as one, unless one of the events is named.</summary>
    internal static int FailedEvents(FailedRecord record) => Math.Max(1, record.Failures.Where(failure => failure.Position >= 0).Select(failure => failure.Position).Distinct().Count());

    /// <summary>Whether one project's records fail beside those of others that do not: then it is the sender, not the reader or the store.</summary>
    internal static bool AreOfOneProjectOfSeveral(IReadOnlyList<FailedRecord> failed, IReadOnlyList<BufferedRecord> records)
    {
        var projects = failed.Select(record => record.Decoded?.ProjectId ?? "").Distinct(StringComparer.Ordinal).ToList();
        return projects is [{ Length: > 0 } only]
            && records.Any(source => BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record) == RecordDecodeOutcome.Decoded && IsOfAnotherSender(record!, only));
    }

    /// <summary>Whether the failure store holds the record already: it was replayed from there and failed again.</summary>
    internal static bool IsKeptAlready(FailedRecord record) =>
        record.Decoded is { Lane: RecordLane.Replay } replayed && ReplayOrigin.TryParse(replayed.ReplayOrigin, out var origin) && origin.BatchId is not null;

    // A gateway's report has no events and always passes: it says nothing about the reader.
    private static bool IsOfAnotherSender(BufferRecord record, string project) => record.PayloadKind != PayloadKind.GatewayAccounts && record.ProjectId != project;

    private static FailedRecord Of(BufferedRecord source, List<RecordFailure> failures)
    {
        BufferRecordCodec.TryDecode(source.Headers, source.Value, out var decoded);
        return new FailedRecord
        {
            Topic = source.Topic,
            Partition = source.Partition,
            Offset = source.Offset,
            AppendedAtMicros = source.AppendedAtMicros,
            Headers = source.Headers,
            Value = source.Value,
            Decoded = decoded,
            Failures = failures,
        };
    }
}
