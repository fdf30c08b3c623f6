using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>One JSON value as a slice of received JSON.</summary>
/// <param name="Kind">First token; <see cref="JsonTokenType.None"/> when the value is absent.</param>
/// <param name="Bytes">The value; of a string what stands between the quotes.</param>
/// <param name="IsEscaped">Whether a string contains escapes.</param>
internal readonly record struct JsonValue(JsonTokenType Kind, ReadOnlyMemory<byte> Bytes, bool IsEscaped)
{
    internal bool IsAbsent => Kind == JsonTokenType.None;

    internal bool IsNull => Kind == JsonTokenType.Null;

    internal bool IsString => Kind == JsonTokenType.String;

    internal bool IsNumber => Kind == JsonTokenType.Number;

    internal bool IsObject => Kind == JsonTokenType.StartObject;

    internal bool IsArray => Kind == JsonTokenType.StartArray;

    /// <summary>Whether there is a value other than null.</summary>
    internal bool IsSet => Kind is not (JsonTokenType.None or JsonTokenType.Null);

    /// <summary>Reads the value that the reader stands on, whole.</summary>
    internal static JsonValue Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        var kind = reader.TokenType;
        if (kind == JsonTokenType.String)
        {
            return new JsonValue(kind, json.Slice(start + 1, reader.ValueSpan.Length), reader.ValueIsEscaped);
        }

        if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        return new JsonValue(kind, json[start..(int)reader.BytesConsumed], false);
    }

    /// <summary>A string as it is, anything else as JSON text.</summary>
    internal Utf8Text ToText(TextArena arena) => IsString ? JsonText.Unescape(Bytes, IsEscaped, arena) : JsonText.Raw(Bytes);

    /// <summary>Whether the value is an object or array without content.</summary>
    internal bool IsEmptyContainer
    {
        get
        {
            if (!IsObject && !IsArray)
            {
                return false;
            }

            foreach (var value in Bytes.Span[1..^1])
            {
                if (value is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
