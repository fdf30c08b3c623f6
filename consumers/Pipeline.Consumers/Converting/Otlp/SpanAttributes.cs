using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The attributes of one span, event, scope or resource: in order, and by known key in constant time.</summary>
/// <remarks>Every key is hashed once, when it is added. Of a repeated key the last is found. Not thread-safe; cleared and used
/// again.</remarks>
internal sealed class SpanAttributes
{
    // Position in _all plus one; 0 is absent, so that a cleared table needs no fill.
    private readonly int[] _positions = new int[KnownAttributes.Count];
    private readonly List<int> _known = [];
    private SpanAttribute[] _all = new SpanAttribute[32];
    private int _count;

    /// <summary>The families of all keys.</summary>
    internal AttributeFamily Families { get; private set; }

    internal Span<SpanAttribute> All => _all.AsSpan(0, _count);

    internal void Clear()
    {
        foreach (var known in _known)
        {
            _positions[known] = 0;
        }

        _known.Clear();
        _count = 0;
        Families = AttributeFamily.None;
    }

    /// <summary>Adds a KeyValue message.</summary>
    internal void Add(ReadOnlyMemory<byte> pair)
    {
        if (_count == _all.Length)
        {
            Array.Resize(ref _all, _all.Length * 2);
        }

        ref var attribute = ref _all[_count++];
        OtlpJson.ReadPair(pair, out attribute.Key, out attribute.Value);
        attribute.Family = AttributeFamilies.Find(attribute.Key.Span, out var prefixLength);
        attribute.PrefixLength = (byte)prefixLength;
        attribute.IsContent = (attribute.Family & AttributeFamily.Messages) != AttributeFamily.None;
        Families |= attribute.Family;
        var known = KnownAttributes.Find(attribute.Key.Span);
        if (known >= 0)
        {
            attribute.IsContent |= known <= (int)KnownAttribute.LastInputOutput;
            if (_positions[known] == 0)
            {
                _known.Add(known);
            }

            _positions[known] = _count;
        }
    }

    internal bool Has(KnownAttribute key) => _positions[(int)key] != 0;

    internal OtlpValue Get(KnownAttribute key)
    {
        var position = _positions[(int)key];
        return position == 0 ? default : _all[position - 1].Value;
    }

    internal bool IsTruthy(KnownAttribute key) => _positions[(int)key] != 0 && Get(key).IsTruthy;

    /// <summary>The text of an attribute that is there and not empty.</summary>
    internal bool TryText(ConversionContext context, KnownAttribute key, out Utf8Text text)
    {
        text = _positions[(int)key] == 0 ? default : Get(key).ToText(context);
        return !text.IsEmpty;
    }

    /// <summary>The text of the first of several attributes that is there and not empty.</summary>
    internal bool TryText(ConversionContext context, ReadOnlySpan<KnownAttribute> keys, out Utf8Text text)
    {
        foreach (var key in keys)
        {
            if (TryText(context, key, out text))
            {
                return true;
            }
        }

        text = default;
        return false;
    }

    /// <summary>Whether a string attribute has exactly this text.</summary>
    internal bool Is(KnownAttribute key, ReadOnlySpan<byte> text) =>
        Get(key) is { IsString: true } value && value.Bytes.Span.SequenceEqual(text);

    /// <summary>Writes all attributes that are no input or output as a JSON object, strings as they are, anything else as JSON
    /// text.</summary>
    internal Utf8Text ToMetadata(ConversionContext context)
    {
        var json = context.Json;
        json.Clear();
        json.Raw((byte)'{');
        foreach (ref readonly var attribute in All)
        {
            if (attribute.IsContent)
            {
                continue;
            }

            json.Name(attribute.Key.Span);
            WriteText(context, json, attribute.Value);
        }

        json.Raw((byte)'}');
        return json.CopyTo(context.Arena);
    }

    /// <summary>Writes all attributes as members of an object that the caller opened, values in their own JSON types.</summary>
    internal void WriteMembers(JsonBuffer json)
    {
        foreach (ref readonly var attribute in All)
        {
            json.Name(attribute.Key.Span);
            OtlpJson.Write(json, attribute.Value);
        }
    }

    private static void WriteText(ConversionContext context, JsonBuffer json, in OtlpValue value)
    {
        if (value.Kind is OtlpValueKind.Array or OtlpValueKind.KeyValueList)
        {
            json.String(value.ToText(context).Span);
            return;
        }

        // Numbers and true and false need no escapes, so their JSON text is a string by two quotes.
        var isQuoted = value.Kind is OtlpValueKind.Int or OtlpValueKind.Bool or OtlpValueKind.None
            || (value.Kind == OtlpValueKind.Double && double.IsFinite(BitConverter.UInt64BitsToDouble(value.Number)));
        if (isQuoted)
        {
            json.Raw((byte)'"');
        }

        OtlpJson.Write(json, value);
        if (isQuoted)
        {
            json.Raw((byte)'"');
        }
    }
}
