using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>An instrumentation scope, read once for all its spans. Not thread-safe; read into again for the next.</summary>
internal sealed class OtlpScope
{
    private const int NameField = 1;
    private const int VersionField = 2;
    private const int AttributesField = 3;

    private ConversionContext _context = null!;
    private Utf8Text _json;

    internal Utf8Text Name { get; private set; }

    internal Utf8Text Version { get; private set; }

    internal SpanAttributes Attributes { get; } = new();

    /// <summary>Whether the spans come from a Langfuse SDK, which says everything in its own attributes.</summary>
    internal bool IsLangfuseSdk { get; private set; }

    /// <summary>Name, version and attributes as a JSON object; written when the first span asks.</summary>
    internal Utf8Text Json => _json.IsEmpty ? _json = ToJson() : _json;

    internal bool Is(ReadOnlySpan<byte> name) => Name.Span.SequenceEqual(name);

    internal void Clear(ConversionContext context)
    {
        _context = context;
        _json = default;
        Name = default;
        Version = default;
        IsLangfuseSdk = false;
        Attributes.Clear();
    }

    /// <summary>Reads an InstrumentationScope message.</summary>
    internal void Read(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.WireType != ProtoWireType.Bytes)
            {
                continue;
            }

            var content = message.Slice(reader.ValueStart, reader.ValueLength);
            switch (reader.FieldNumber)
            {
                case NameField:
                    Name = Utf8Repair.Of(content);
                    IsLangfuseSdk = Name.Span.StartsWith("langfuse-sdk"u8);
                    break;
                case VersionField:
                    Version = Utf8Repair.Of(content);
                    break;
                case AttributesField:
                    Attributes.Add(content);
                    break;
                default:
                    break;
            }
        }
    }

    private Utf8Text ToJson()
    {
        var attributes = Attributes.ToMetadata(_context);
        var json = _context.Json;
        json.Clear();
        json.Raw((byte)'{');
        if (!Name.IsEmpty)
        {
            json.Name("name"u8);
            json.String(Name.Span);
        }

        if (!Version.IsEmpty)
        {
            json.Name("version"u8);
            json.String(Version.Span);
        }

        json.Name("attributes"u8);
        json.Raw(attributes.Span);
        json.Raw((byte)'}');
        return json.CopyTo(_context.Arena);
    }
}
