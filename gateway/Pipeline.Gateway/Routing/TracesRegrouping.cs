using Pipeline.Gateway.Admission;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Routing;

/// <summary>Builds a valid TracesData of some spans of a received one: same resources, scopes and span bytes, new lengths only.</summary>
/// <remarks>Every field of a resource or scope message but its spans is copied as it came, also fields this version does not know.</remarks>
internal sealed class TracesRegrouping(OtlpAdmissionResult admitted)
{
    private readonly List<AdmittedSpan> _spans = [];

    internal int Count => _spans.Count;

    internal int SpanBytes { get; private set; }

    internal AdmittedSpan First => _spans[0];

    internal void Add(in AdmittedSpan span)
    {
        _spans.Add(span);
        SpanBytes += span.Length;
    }

    internal void Clear()
    {
        _spans.Clear();
        SpanBytes = 0;
    }

    internal RoutedRecord Encode(int partition, string key, RecordStamp stamp)
    {
        var size = 0;
        for (var i = 0; i < _spans.Count; i = EndOfResource(i))
        {
            size += ProtoWriter.SizeOfMessage(OtlpFields.ResourceSpans, SizeOfResource(i));
        }

        var value = BufferRecordCodec.EncodeHeader(stamp.ToRecord(PayloadKind.OtlpSpans, _spans.Count), size, out var payload);
        var writer = new ProtoWriter(payload);
        for (var i = 0; i < _spans.Count; i = EndOfResource(i))
        {
            writer.WriteMessageHeader(OtlpFields.ResourceSpans, SizeOfResource(i));
            WriteResource(ref writer, i);
        }

        return new RoutedRecord(partition, key, value, _spans.Count);
    }

    private int ResourceOf(int position) => admitted.Scopes[_spans[position].Scope].Resource;

    private int EndOfResource(int start)
    {
        var end = start;
        while (end < _spans.Count && ResourceOf(end) == ResourceOf(start))
        {
            end++;
        }

        return end;
    }

    private int EndOfScope(int start)
    {
        var end = start;
        while (end < _spans.Count && _spans[end].Scope == _spans[start].Scope)
        {
            end++;
        }

        return end;
    }

    private ReadOnlySpan<byte> ResourceMessage(int position)
    {
        var resource = admitted.Resources[ResourceOf(position)];
        return admitted.Message.Span.Slice(resource.Start, resource.Length);
    }

    private ReadOnlySpan<byte> ScopeMessage(int position)
    {
        var scope = admitted.Scopes[_spans[position].Scope];
        return admitted.Message.Span.Slice(scope.Start, scope.Length);
    }

    private int SizeOfResource(int start)
    {
        var size = SizeOfOtherFields(ResourceMessage(start), OtlpFields.ResourceSpansScopeSpans);
        var end = EndOfResource(start);
        for (var i = start; i < end; i = EndOfScope(i))
        {
            size += ProtoWriter.SizeOfMessage(OtlpFields.ResourceSpansScopeSpans, SizeOfScope(i));
        }

        return size;
    }

    private int SizeOfScope(int start)
    {
        var size = SizeOfOtherFields(ScopeMessage(start), OtlpFields.ScopeSpansSpans);
        var end = EndOfScope(start);
        for (var i = start; i < end; i++)
        {
            size += ProtoWriter.SizeOfMessage(OtlpFields.ScopeSpansSpans, _spans[i].Length);
        }

        return size;
    }

    private void WriteResource(ref ProtoWriter writer, int start)
    {
        WriteOtherFields(ref writer, ResourceMessage(start), OtlpFields.ResourceSpansScopeSpans);
        var end = EndOfResource(start);
        for (var i = start; i < end; i = EndOfScope(i))
        {
            writer.WriteMessageHeader(OtlpFields.ResourceSpansScopeSpans, SizeOfScope(i));
            WriteOtherFields(ref writer, ScopeMessage(i), OtlpFields.ScopeSpansSpans);
            var scopeEnd = EndOfScope(i);
            for (var span = i; span < scopeEnd; span++)
            {
                writer.WriteMessageHeader(OtlpFields.ScopeSpansSpans, _spans[span].Length);
                writer.WriteRaw(admitted.Message.Span.Slice(_spans[span].Start, _spans[span].Length));
            }
        }
    }

    private static int SizeOfOtherFields(ReadOnlySpan<byte> message, int without)
    {
        var size = 0;
        var reader = new ProtoReader(message);
        while (reader.TryReadField())
        {
            size += reader.FieldNumber == without ? 0 : reader.Position - reader.FieldStart;
        }

        return size;
    }

    private static void WriteOtherFields(ref ProtoWriter writer, ReadOnlySpan<byte> message, int without)
    {
        var reader = new ProtoReader(message);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber != without)
            {
                writer.WriteRaw(message[reader.FieldStart..reader.Position]);
            }
        }
    }
}
