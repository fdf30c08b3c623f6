using System.Buffers;
using System.Runtime.InteropServices;
using Pipeline.Gateway.Admission;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Routing;

/// <summary>Cuts the accepted spans of one OTLP request into records by partition.</summary>
/// <remarks>
/// Pure. When every span goes to one partition the payload is the received message itself, copied once; otherwise each record is a valid
/// TracesData made of slices of it.
/// </remarks>
internal static class OtlpRouting
{
    internal static List<RoutedRecord> Route(OtlpAdmissionResult admitted, RecordStamp stamp, int partitionCount)
    {
        var spans = CollectionsMarshal.AsSpan(admitted.Spans);
        var records = new List<RoutedRecord>();
        if (spans.IsEmpty)
        {
            return records;
        }

        var rented = ArrayPool<int>.Shared.Rent(spans.Length);
        var partitions = rented.AsSpan(0, spans.Length);
        var distinct = PartitionsOf(admitted.Message.Span, spans, stamp.ProjectId, partitionCount, partitions);
        if (distinct.Count > RoutingLimits.MaxPartitionsPerRequest || (long)admitted.SharedBytes * (distinct.Count - 1) > RoutingLimits.TargetRecordBytes)
        {
            partitions.Fill(partitions[0]);
            distinct.RemoveRange(1, distinct.Count - 1);
        }

        if (distinct.Count == 1
            && admitted.RejectedSpans == 0
            && admitted.Message.Length <= RoutingLimits.TargetRecordBytes
            && admitted.ExpandedBytes <= RoutingLimits.MaxExpandedBytes)
        {
            records.Add(Whole(admitted, spans, distinct[0], stamp));
        }
        else
        {
            var grouping = new TracesRegrouping(admitted);
            foreach (var partition in distinct)
            {
                Regroup(grouping, spans, partitions, partition, stamp, records);
            }
        }

        ArrayPool<int>.Shared.Return(rented);
        return records;
    }

    private static List<int> PartitionsOf(
        ReadOnlySpan<byte> message,
        ReadOnlySpan<AdmittedSpan> spans,
        string projectId,
        int partitionCount,
        Span<int> partitions)
    {
        var distinct = new List<int>(4);
        Span<byte> hex = stackalloc byte[OtlpFields.TraceIdLength * 2];
        for (var i = 0; i < spans.Length; i++)
        {
            var traceId = message.Slice(spans[i].TraceIdStart, OtlpFields.TraceIdLength);

            // Spans of one trace stand together; a single partition needs no hash at all.
            if (i > 0 && traceId.SequenceEqual(message.Slice(spans[i - 1].TraceIdStart, OtlpFields.TraceIdLength)))
            {
                partitions[i] = partitions[i - 1];
                continue;
            }

            if (partitionCount > 1)
            {
                Convert.TryToHexStringLower(traceId, hex, out _);
                partitions[i] = PartitionRule.PartitionOf(projectId, hex, partitionCount);
            }
            else
            {
                partitions[i] = 0;
            }

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

    private static RoutedRecord Whole(OtlpAdmissionResult admitted, ReadOnlySpan<AdmittedSpan> spans, int partition, RecordStamp stamp)
    {
        var value = BufferRecordCodec.EncodeHeader(stamp.ToRecord(PayloadKind.OtlpSpans, spans.Length), admitted.Message.Length, out var payload);
        admitted.Message.Span.CopyTo(payload);
        return new RoutedRecord(partition, KeyOf(admitted.Message.Span, spans[0], stamp.ProjectId), value, spans.Length);
    }

    private static void Regroup(
        TracesRegrouping grouping,
        ReadOnlySpan<AdmittedSpan> spans,
        ReadOnlySpan<int> partitions,
        int partition,
        RecordStamp stamp,
        List<RoutedRecord> records)
    {
        for (var i = 0; i < spans.Length; i++)
        {
            if (partitions[i] != partition)
            {
                continue;
            }

            if (!grouping.HasRoomFor(spans[i]))
            {
                records.Add(grouping.Encode(partition, stamp));
                grouping.Clear();
            }

            grouping.Add(spans[i]);
        }

        records.Add(grouping.Encode(partition, stamp));
        grouping.Clear();
    }

    /// <summary>The record key of a span's trace.</summary>
    internal static string KeyOf(ReadOnlySpan<byte> message, in AdmittedSpan span, string projectId)
    {
        Span<byte> hex = stackalloc byte[OtlpFields.TraceIdLength * 2];
        Convert.TryToHexStringLower(message.Slice(span.TraceIdStart, OtlpFields.TraceIdLength), hex, out _);
        return PartitionRule.KeyOf(projectId, hex);
    }
}
