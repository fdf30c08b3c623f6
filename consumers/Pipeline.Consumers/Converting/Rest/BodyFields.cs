using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>One REST body, taken apart into its known fields in one pass.</summary>
/// <remarks>Of a repeated field the last stays; unknown fields are dropped, as the contract says. Not thread-safe.</remarks>
internal sealed class BodyFields
{
    private static readonly Utf8KeyTable Names = new(
        Enum.GetValues<BodyField>().Select(field => (JsonNamingPolicy.CamelCase.ConvertName(field.ToString()), (int)field)));

    private readonly JsonValue[] _values = new JsonValue[Enum.GetValues<BodyField>().Length];
    private readonly TextArena _arena;

    internal BodyFields(TextArena arena) => _arena = arena;

    internal JsonValue this[BodyField field] => _values[(int)field];

    /// <summary>Reads a body.</summary>
    /// <returns>False when it is no JSON object.</returns>
    internal bool TryRead(ReadOnlyMemory<byte> body)
    {
        Array.Clear(_values);
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = JsonObjectReader.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = Names.Find(NameOf(ref reader, body).Span);
                reader.Read();
                if (field >= 0)
                {
                    _values[field] = JsonValue.Read(ref reader, body);
                }
                else
                {
                    reader.Skip();
                }
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A non-empty text, or false when the field is absent, null or empty.</summary>
    internal bool TryText(BodyField field, out Utf8Text text)
    {
        var value = _values[(int)field];
        text = value.IsSet ? value.ToText(_arena) : default;
        return !text.IsEmpty;
    }

    /// <summary>A time; absent when the field is not set.</summary>
    /// <exception cref="InvalidFieldException">The field is set to something else.</exception>
    internal long? Time(BodyField field)
    {
        var value = _values[(int)field];
        if (!value.IsSet)
        {
            return null;
        }

        return value.IsString && IsoTime.TryParse(value.ToText(_arena).Span, out var micros)
            ? micros
            : throw new InvalidFieldException(field);
    }

    private Utf8Text NameOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var name = body.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        return reader.ValueIsEscaped ? JsonText.Unescape(name, isEscaped: true, _arena) : new Utf8Text(name);
    }
}
