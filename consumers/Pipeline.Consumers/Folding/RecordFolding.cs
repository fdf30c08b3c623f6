using Pipeline.Buffer;
using Pipeline.Consumers.Converting;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Folding;

/// <summary>Says what storing records would store, without storing it: the writer's own conversion and fold.</summary>
public static class RecordFolding
{
    /// <summary>Folds records.</summary>
    /// <returns>The states, folded over all records, and for each record what it speaks of.</returns>
    public static (StateBatch States, IReadOnlyList<FoldedRecord> Records) Fold(IReadOnlyList<BufferedRecord> records)
    {
        var converter = new RecordConverter();
        var fold = new StateFold();
        var folded = new List<FoldedRecord>(records.Count);
        foreach (var source in records)
        {
            if (BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record) != RecordDecodeOutcome.Decoded)
            {
                folded.Add(new FoldedRecord(source, null, [], [], [], 0));
                continue;
            }

            var sink = new KeySink(fold);
            var result = converter.Convert(record!, source, sink);
            folded.Add(new FoldedRecord(source, record, sink.Observations, sink.Traces, sink.Scores, result.Failed));
        }

        var states = new StateBatch();
        fold.DrainInto(states);
        return (states, folded);
    }
}
