using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>One forward-only walk over a request body: the reader, and the memory its slices are taken from.</summary>
internal ref struct JsonWalk
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly TextArena _arena;

    internal JsonWalk(ReadOnlyMemory<byte> body, TextArena arena)
    {
        _body = body;
        _arena = arena;

        // Depth is checked by the walk itself, field by field: input and output may nest deeper than the envelope.
        Reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 1_000_000 });
    }

    internal Utf8JsonReader Reader;

    /// <summary>The current string token as text; a slice unless it holds escapes.</summary>
    internal readonly Utf8Text Text() =>
        JsonText.Unescape(_body.Slice((int)Reader.TokenStartIndex + 1, Reader.ValueSpan.Length), Reader.ValueIsEscaped, _arena);

    /// <summary>The current property name, or string, without its escapes.</summary>
    /// <remarks>In place of <see cref="Utf8JsonReader.ValueTextEquals(ReadOnlySpan{byte})"/>, which throws on an escaped lone surrogate.</remarks>
    internal readonly ReadOnlySpan<byte> Name() => Reader.ValueIsEscaped ? Text().Span : Reader.ValueSpan;

    /// <summary>Bytes from a token's start to the end of the current one.</summary>
    internal readonly ReadOnlyMemory<byte> SliceFrom(long start) => _body[(int)start..(int)Reader.BytesConsumed];

    /// <summary>Passes over the current value, which may be an object or an array.</summary>
    /// <param name="maxDepth">How deep it may nest, counted from the value itself.</param>
    /// <returns>False when it nests deeper; the value is passed over all the same, at no more cost than reading it.</returns>
    internal bool SkipValue(int maxDepth)
    {
        if (Reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return true;
        }

        var start = Reader.CurrentDepth;
        var isWithin = true;
        while (Reader.Read())
        {
            if (Reader.CurrentDepth == start)
            {
                return isWithin;
            }

            // Only what opens a level counts: a number in the innermost array allowed is no deeper than the array.
            isWithin &= Reader.CurrentDepth - start < maxDepth || Reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
        }

        return isWithin;
    }

    /// <summary>Passes over the rest of the object that was entered at the given depth.</summary>
    internal void SkipToEndOfObject(int depth)
    {
        while ((Reader.TokenType != JsonTokenType.EndObject || Reader.CurrentDepth != depth) && Reader.Read())
        {
        }
    }
}
