using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>One OTLP message as its JSON form spells it: field names in both spellings, with number and type on the wire.</summary>
/// <remarks>Numbers and types from opentelemetry/proto trace, common and resource v1.</remarks>
internal sealed class OtlpJsonShape
{
    internal static readonly OtlpJsonShape TracesData = Create();

    private Utf8KeyTable _table = new([]);
    private OtlpJsonField[] _fields = [];

    internal bool TryFind(ReadOnlySpan<byte> name, out OtlpJsonField field)
    {
        var index = _table.Find(name);
        field = index < 0 ? default : _fields[index];
        return index >= 0;
    }

    private static OtlpJsonShape Create()
    {
        var value = new OtlpJsonShape();
        var keyValue = Of(("key", 1, OtlpJsonType.Text, null, false), ("value", 2, OtlpJsonType.Message, value, false));
        var array = Of(("values", 1, OtlpJsonType.Message, value, true));
        var list = Of(("values", 1, OtlpJsonType.Message, keyValue, true));
        value.Fill(
        [
            ("stringValue", 1, OtlpJsonType.Text, null, false), ("boolValue", 2, OtlpJsonType.Bool, null, false),
            ("intValue", 3, OtlpJsonType.Int64, null, false), ("doubleValue", 4, OtlpJsonType.Double, null, false),
            ("arrayValue", 5, OtlpJsonType.Message, array, false), ("kvlistValue", 6, OtlpJsonType.Message, list, false),
            ("bytesValue", 7, OtlpJsonType.Base64, null, false),
        ]);

        var resource = Of(("attributes", 1, OtlpJsonType.Message, keyValue, true), ("droppedAttributesCount", 2, OtlpJsonType.UInt32, null, false));
        var scope = Of(
            ("name", 1, OtlpJsonType.Text, null, false), ("version", 2, OtlpJsonType.Text, null, false),
            ("attributes", 3, OtlpJsonType.Message, keyValue, true), ("droppedAttributesCount", 4, OtlpJsonType.UInt32, null, false));
        var spanEvent = Of(
            ("timeUnixNano", 1, OtlpJsonType.Fixed64, null, false), ("name", 2, OtlpJsonType.Text, null, false),
            ("attributes", 3, OtlpJsonType.Message, keyValue, true), ("droppedAttributesCount", 4, OtlpJsonType.UInt32, null, false));
        var link = Of(
            ("traceId", 1, OtlpJsonType.Id, null, false), ("spanId", 2, OtlpJsonType.Id, null, false), ("traceState", 3, OtlpJsonType.Text, null, false),
            ("attributes", 4, OtlpJsonType.Message, keyValue, true), ("droppedAttributesCount", 5, OtlpJsonType.UInt32, null, false),
            ("flags", 6, OtlpJsonType.Fixed32, null, false));
        var status = Of(("message", 2, OtlpJsonType.Text, null, false), ("code", 3, OtlpJsonType.StatusCode, null, false));
        var span = Of(
            ("traceId", 1, OtlpJsonType.Id, null, false), ("spanId", 2, OtlpJsonType.Id, null, false), ("traceState", 3, OtlpJsonType.Text, null, false),
            ("parentSpanId", 4, OtlpJsonType.Id, null, false), ("name", 5, OtlpJsonType.Text, null, false), ("kind", 6, OtlpJsonType.SpanKind, null, false),
            ("startTimeUnixNano", 7, OtlpJsonType.Fixed64, null, false), ("endTimeUnixNano", 8, OtlpJsonType.Fixed64, null, false),
            ("attributes", 9, OtlpJsonType.Message, keyValue, true), ("droppedAttributesCount", 10, OtlpJsonType.UInt32, null, false),
            ("events", 11, OtlpJsonType.Message, spanEvent, true), ("droppedEventsCount", 12, OtlpJsonType.UInt32, null, false),
            ("links", 13, OtlpJsonType.Message, link, true), ("droppedLinksCount", 14, OtlpJsonType.UInt32, null, false),
            ("status", 15, OtlpJsonType.Message, status, false), ("flags", 16, OtlpJsonType.Fixed32, null, false));
        var scopeSpans = Of(
            ("scope", 1, OtlpJsonType.Message, scope, false), ("spans", 2, OtlpJsonType.Message, span, true), ("schemaUrl", 3, OtlpJsonType.Text, null, false));
        var resourceSpans = Of(
            ("resource", 1, OtlpJsonType.Message, resource, false), ("scopeSpans", 2, OtlpJsonType.Message, scopeSpans, true),
            ("schemaUrl", 3, OtlpJsonType.Text, null, false));
        return Of(("resourceSpans", 1, OtlpJsonType.Message, resourceSpans, true));
    }

    private static OtlpJsonShape Of(params ReadOnlySpan<(string Name, int Number, OtlpJsonType Type, OtlpJsonShape? Shape, bool IsRepeated)> fields)
    {
        var shape = new OtlpJsonShape();
        shape.Fill(fields);
        return shape;
    }

    private void Fill(ReadOnlySpan<(string Name, int Number, OtlpJsonType Type, OtlpJsonShape? Shape, bool IsRepeated)> fields)
    {
        var names = new List<(string, int)>();
        _fields = new OtlpJsonField[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var field = fields[i];
            _fields[i] = new OtlpJsonField(field.Number, field.Type, field.Shape, field.IsRepeated);
            names.Add((field.Name, i));
            var snake = string.Concat(field.Name.Select(letter => char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : letter.ToString()));
            if (snake != field.Name)
            {
                names.Add((snake, i));
            }
        }

        _table = new Utf8KeyTable(names);
    }
}
