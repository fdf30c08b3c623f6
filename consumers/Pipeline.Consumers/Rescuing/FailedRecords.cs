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

    /// <summary>Whether the failure store holds the record already: it was replayed from there and failed again.</summary>
    internal static bool IsKeptAlready(FailedRecord record) =>
        record.Decoded is { Lane: RecordLane.Replay } replayed && ReplayOrigin.TryParse(replayed.ReplayOrigin, out var origin) && origin.BatchId is not null;

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
