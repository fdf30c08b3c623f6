using Pipeline.Buffer;
using Pipeline.Storage.Archiving;

namespace Pipeline.Consumers.Archiving;

/// <summary>Divides a cut into what becomes one object each.</summary>
internal static class ArchiveRuns
{
    /// <summary>Consecutive records of each partition, in order. A partition that was taken away and came back is in a cut twice, and one from which records expired has a hole.</summary>
    internal static IEnumerable<IReadOnlyList<ArchivedRecord>> Of(IReadOnlyList<BufferedRecord> records)
    {
        foreach (var partition in records.GroupBy(record => record.Partition).OrderBy(group => group.Key))
        {
            var run = new List<ArchivedRecord>();
            foreach (var record in partition.DistinctBy(record => record.Offset).OrderBy(record => record.Offset))
            {
                if (run.Count > 0 && record.Offset != run[^1].Offset + 1)
                {
                    yield return run;
                    run = [];
                }

                run.Add(new ArchivedRecord(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value));
            }

            yield return run;
        }
    }
}
