using System.Runtime.InteropServices;
using Pipeline.Gateway.Admission;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Routing;

/// <summary>Builds a valid TracesData of some spans of a received one: same resources, scopes and span bytes, new lengths only.</summary>
/// <remarks>
/// Every field of a resource or scope message but its spans is copied as it came, also fields this version does not know. Spans are added in
/// the order of the message. Lengths are summed up while spans are added, so that each span is looked at once. Not thread-safe.
/// </remarks>
internal sealed class TracesRegrouping(OtlpAdmissionResult admitted)
{
    private readonly List<AdmittedSpan> _spans = [];
    private readonly List<RegroupedPart> _scopes = [];
    private readonly List<RegroupedPart> _resources = [];
    private int _spanBytes;
    private int _sharedBytes;
    private int _expandedBytes;

    /// <summary>Whether the span still fits into the record; an empty record takes any.</summary>
    internal bool HasRoomFor(in AdmittedSpan span)
    {
        if (_spans.Count == 0)
        {
            return true;
        }

        var shared = 0;
        if (_scopes[^1].Source != span.Scope)
        {
            var scope = admitted.Scopes[span.Scope];
            shared = scope.SharedBytes + (_resources[^1].Source == scope.Resource ? 0 : admitted.Resources[scope.Resource].SharedBytes);
        }

        return _spanBytes + span.Length <= RoutingLimits.TargetRecordBytes
            && _sharedBytes + shared <= RoutingLimits.TargetRecordBytes
            && _expandedBytes + admitted.SharedBytesOf(span) <= RoutingLimits.MaxExpandedBytes;
    }

    internal void Add(in AdmittedSpan span)
    {
        if (_scopes.Count == 0 || _scopes[^1].Source != span.Scope)
        {
            var scope = admitted.Scopes[span.Scope];
            if (_resources.Count == 0 || _resources[^1].Source != scope.Resource)
            {
                var shared = admitted.Resources[scope.Resource].SharedBytes;
                _resources.Add(new RegroupedPart(scope.Resource, _scopes.Count) { Size = shared });
                _sharedBytes += shared;
            }

            _scopes.Add(new RegroupedPart(span.Scope, _spans.Count) { Size = scope.SharedBytes });
            _sharedBytes += scope.SharedBytes;
        }

        _spans.Add(span);
        _spanBytes += span.Length;
        _expandedBytes += admitted.SharedBytesOf(span);
        CollectionsMarshal.AsSpan(_scopes)[^1].Size += ProtoWriter.SizeOfMessage(OtlpFields.ScopeSpansSpans, span.Length);
    }

    internal void Clear()
    {
        _spans.Clear();
        _scopes.Clear();
        _resources.Clear();
        _spanBytes = 0;
        _sharedBytes = 0;
        _expandedBytes = 0;
    }

    internal RoutedRecord Encode(int partition, RecordStamp stamp)
    {
        var message = admitted.Message.Span;
        var size = SumUpResources();
        var value = BufferRecordCodec.EncodeHeader(stamp.ToRecord(PayloadKind.OtlpSpans, _spans.Count), size, out var payload);
        var writer = new ProtoWriter(payload);
        for (var i = 0; i < _resources.Count; i++)
        {
            var resource = admitted.Resources[_resources[i].Source];
            writer.WriteMessageHeader(OtlpFields.ResourceSpans, _resources[i].Size);
            WriteShared(ref writer, message.Slice(resource.Start, resource.Length), OtlpFields.ResourceSpansScopeSpans, resource.SharedBytes);
            WriteScopes(ref writer, message, _resources[i].First, EndOf(_resources, i, _scopes.Count));
        }

        return new RoutedRecord(partition, OtlpRouting.KeyOf(message, _spans[0], stamp.ProjectId), value, _spans.Count);
    }

    private int SumUpResources()
    {
        var size = 0;
        var resources = CollectionsMarshal.AsSpan(_resources);
        for (var i = 0; i < resources.Length; i++)
        {
            var end = EndOf(_resources, i, _scopes.Count);
            for (var scope = resources[i].First; scope < end; scope++)
            {
                resources[i].Size += ProtoWriter.SizeOfMessage(OtlpFields.ResourceSpansScopeSpans, _scopes[scope].Size);
            }

            size += ProtoWriter.SizeOfMessage(OtlpFields.ResourceSpans, resources[i].Size);
        }

        return size;
    }

    private void WriteScopes(ref ProtoWriter writer, ReadOnlySpan<byte> message, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var scope = admitted.Scopes[_scopes[i].Source];
            writer.WriteMessageHeader(OtlpFields.ResourceSpansScopeSpans, _scopes[i].Size);
            WriteShared(ref writer, message.Slice(scope.Start, scope.Length), OtlpFields.ScopeSpansSpans, scope.SharedBytes);
            foreach (var span in CollectionsMarshal.AsSpan(_spans)[_scopes[i].First..EndOf(_scopes, i, _spans.Count)])
            {
                writer.WriteMessageHeader(OtlpFields.ScopeSpansSpans, span.Length);
                writer.WriteRaw(message.Slice(span.Start, span.Length));
            }
        }
    }

    private static int EndOf(List<RegroupedPart> parts, int position, int end) => position + 1 < parts.Count ? parts[position + 1].First : end;

    // The shared fields usually stand in front, so the children behind them need not be walked again.
    private static void WriteShared(ref ProtoWriter writer, ReadOnlySpan<byte> message, int without, int sharedBytes)
    {
        var rest = sharedBytes;
        var reader = new ProtoReader(message);
        while (rest > 0 && reader.TryReadField())
        {
            if (reader.FieldNumber != without)
            {
                writer.WriteRaw(message[reader.FieldStart..reader.Position]);
                rest -= reader.Position - reader.FieldStart;
            }
        }
    }
}
