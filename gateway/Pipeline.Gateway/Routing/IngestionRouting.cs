using Pipeline.Gateway.Admission;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Routing;

/// <summary>Cuts the accepted events of one REST request into records by partition.</summary>
/// <remarks>Pure. The records are encoded in place: each event's body is copied once, from the request into the record.</remarks>
internal static class IngestionRouting
{
    internal static List<RoutedRecord> Route(IReadOnlyList<AdmittedEvent> events, RecordStamp stamp, int partitionCount)
    {
        var records = new List<RoutedRecord>();
        if (events.Count == 0)
        {
            return records;
        }

        Span<int> partitions = events.Count <= 256 ? stackalloc int[events.Count] : new int[events.Count];
        var distinct = PartitionsOf(events, stamp.ProjectId, partitionCount, partitions);
        if (distinct.Count > RoutingLimits.MaxPartitionsPerRequest)
        {
            partitions.Fill(partitions[0]);
            distinct.RemoveRange(1, distinct.Count - 1);
        }

        var group = new List<LangfuseEvent>(events.Count);
        foreach (var partition in distinct)
        {
            var size = 0;
            Utf8Text key = default;
            for (var i = 0; i < partitions.Length; i++)
            {
                if (partitions[i] != partition)
                {
                    continue;
                }

                var admitted = events[i];
                var eventSize = LangfuseEventsCodec.SizeOf(admitted.Event);
                if (group.Count > 0 && size + eventSize > RoutingLimits.TargetRecordBytes)
                {
                    records.Add(Encode(group, size, key, partition, stamp));
                    group.Clear();
                    size = 0;
                }

                key = group.Count == 0 ? admitted.TraceKey : key;
                group.Add(admitted.Event);
                size += eventSize;
            }

            records.Add(Encode(group, size, key, partition, stamp));
            group.Clear();
        }

        return records;
    }

    // Most batches hold few traces, so the list of partitions stays tiny; equal neighbours are not hashed twice.
    private static List<int> PartitionsOf(IReadOnlyList<AdmittedEvent> events, string projectId, int partitionCount, Span<int> partitions)
    {
        var distinct = new List<int>(1);
        for (var i = 0; i < partitions.Length; i++)
        {
            var key = events[i].TraceKey;
            partitions[i] = i > 0 && key == events[i - 1].TraceKey
                ? partitions[i - 1]
                : PartitionRule.PartitionOf(projectId, key.Span, partitionCount);
            if (!distinct.Contains(partitions[i]))
            {
                distinct.Add(partitions[i]);
                if (distinct.Count > RoutingLimits.MaxPartitionsPerRequest)
                {
                    break;
                }
            }
        }

        return distinct;
    }

    private static RoutedRecord Encode(List<LangfuseEvent> events, int size, in Utf8Text key, int partition, RecordStamp stamp)
    {
        var record = stamp.ToRecord(PayloadKind.LangfuseEvents, events.Count);
        var value = BufferRecordCodec.EncodeHeader(record, size, out var payload);
        var writer = new ProtoWriter(payload);
        foreach (var item in events)
        {
            LangfuseEventsCodec.Write(ref writer, item);
        }

        return new RoutedRecord(partition, PartitionRule.KeyOf(stamp.ProjectId, key.Span), value, events.Count);
    }
}
