using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Walks the members of one JSON object, or the elements of one array, without going into them.</summary>
/// <remarks>Throws <see cref="JsonException"/> where the text is no JSON; <see cref="IsValid"/> tells beforehand, at the cost of one
/// pass.</remarks>
internal ref struct JsonObjectReader
{
    /// <summary>Levels of nesting that are read; deeper input was refused by the gateway.</summary>
    /// <value>512 inside a value and the levels around it.</value>
    internal const int MaxDepth = 520;

    private readonly ReadOnlyMemory<byte> _json;
    private readonly TextArena _arena;
    private Utf8JsonReader _reader;

    internal JsonObjectReader(ReadOnlyMemory<byte> json, TextArena arena)
    {
        _json = json;
        _arena = arena;
        _reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        _reader.Read();
    }

    /// <summary>Name of the last member read; empty for an element.</summary>
    internal Utf8Text Name { get; private set; }

    /// <summary>Value last read.</summary>
    internal JsonValue Value { get; private set; }

    /// <summary>Whether a text is one complete JSON value of the wanted kind.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> text, JsonTokenType kind)
    {
        var first = text.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0 || text[first] != (kind == JsonTokenType.StartObject ? (byte)'{' : (byte)'['))
        {
            return false;
        }

        return IsJson(text);
    }

    /// <summary>Whether a text is one complete JSON value of any kind.</summary>
    internal static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the next member or element; false at the end.</summary>
    internal bool TryRead()
    {
        if (!_reader.Read() || _reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            return false;
        }

        Name = Utf8Text.Empty;
        if (_reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.Slice((int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length);
            Name = JsonText.Unescape(name, _reader.ValueIsEscaped, _arena);
            _reader.Read();
        }

        Value = JsonValue.Read(ref _reader, _json);
        return true;
    }
}
