using System.Text;
using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Takes texts out of received JSON, as slices wherever the bytes can stay as they are.</summary>
/// <remarks>
/// <see cref="System.Text.Json.Utf8JsonReader"/> throws on a lone surrogate escape, which is what a token stream cut inside an emoji
/// leaves behind; here it becomes U+FFFD.
/// </remarks>
internal static class JsonText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The value of a JSON string, given the bytes between its quotes.</summary>
    internal static Utf8Text Unescape(ReadOnlyMemory<byte> content, bool isEscaped, TextArena arena)
    {
        if (!isEscaped)
        {
            return Utf8Repair.Of(content);
        }

        // Every escape is at least as long as what it stands for.
        var taken = arena.Take(content.Length);
        var length = Unescape(content.Span, taken.Span);
        return Utf8Repair.Of(arena.Trim(taken, length));
    }

    /// <summary>A JSON value as received, with escapes that stand for no character, and NUL, replaced by U+FFFD.</summary>
    internal static Utf8Text Raw(ReadOnlyMemory<byte> json)
    {
        var text = Utf8Repair.Of(json);
        return text.Span.IndexOf("\\u"u8) < 0 ? text : WithoutBrokenEscapes(text);
    }

    private static Utf8Text WithoutBrokenEscapes(Utf8Text text)
    {
        byte[]? patched = null;
        var span = text.Span;
        var position = 0;
        while (position < span.Length)
        {
            var next = span[position..].IndexOf((byte)'\\');
            if (next < 0 || position + next + 1 >= span.Length)
            {
                break;
            }

            position += next;
            if (span[position + 1] != (byte)'u' || !TryHex(span[position..], out var unit))
            {
                position += 2;
                continue;
            }

            if (char.IsHighSurrogate(unit) && TryHex(span[(position + 6)..], out var low) && char.IsLowSurrogate(low))
            {
                position += 12;
                continue;
            }

            if (unit == '\0' || char.IsSurrogate(unit))
            {
                patched ??= span.ToArray();
                "\\ufffd"u8.CopyTo(patched.AsSpan(position));
            }

            position += 6;
        }

        return patched is null ? text : new Utf8Text(patched);
    }

    private static int Unescape(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var written = 0;
        while (!source.IsEmpty)
        {
            var plain = source.IndexOf((byte)'\\');
            if (plain < 0 || plain + 1 >= source.Length)
            {
                source.CopyTo(destination[written..]);
                return written + source.Length;
            }

            source[..plain].CopyTo(destination[written..]);
            written += plain;
            source = source[plain..];
            if (source[1] == (byte)'u' && TryHex(source, out var unit))
            {
                source = source[6..];
                var rune = new Rune(Replacement);
                if (char.IsHighSurrogate(unit) && TryHex(source, out var low) && char.IsLowSurrogate(low))
                {
                    rune = new Rune(unit, low);
                    source = source[6..];
                }
                else if (unit != '\0' && !char.IsSurrogate(unit))
                {
                    rune = new Rune(unit);
                }

                written += rune.EncodeToUtf8(destination[written..]);
                continue;
            }

            destination[written++] = source[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var same => same,
            };
            source = source[2..];
        }

        return written;
    }

    private static bool TryHex(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        if (escape.Length < 6 || escape[0] != (byte)'\\' || escape[1] != (byte)'u')
        {
            return false;
        }

        var value = 0;
        foreach (var digit in escape.Slice(2, 4))
        {
            var number = HexDigit(digit);
            if (number < 0)
            {
                return false;
            }

            value = (value << 4) | number;
        }

        unit = (char)value;
        return true;
    }

    private static int HexDigit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
