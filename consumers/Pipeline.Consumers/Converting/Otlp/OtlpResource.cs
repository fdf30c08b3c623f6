using Pipeline.Schemas;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>A resource, read once for all its spans. Not thread-safe; read into again for the next.</summary>
internal sealed class OtlpResource
{
    private const int AttributesField = 1;

    private ConversionContext _context = null!;
    private Utf8Text _json;

    internal SpanAttributes Attributes { get; } = new();

    /// <summary>All attributes as a JSON object; written when the first span asks.</summary>
    internal Utf8Text Json => _json.IsEmpty ? _json = Attributes.ToMetadata(_context) : _json;

    internal void Clear(ConversionContext context)
    {
        _context = context;
        _json = default;
        Attributes.Clear();
    }

    /// <summary>Reads a Resource message.</summary>
    internal void Read(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == AttributesField && reader.WireType == ProtoWireType.Bytes)
            {
                Attributes.Add(message.Slice(reader.ValueStart, reader.ValueLength));
            }
        }
    }
}
