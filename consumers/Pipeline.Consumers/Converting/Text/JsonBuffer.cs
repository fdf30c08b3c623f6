using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Writes JSON text into memory that is used again and again; the caller copies the result out.</summary>
/// <remarks>
/// Smaller than <see cref="System.Text.Json.Utf8JsonWriter"/> on purpose: no checks of structure, and only the escapes that JSON
/// demands, so
/// that text stays readable and searchable in the column. Not thread-safe.
/// </remarks>
internal sealed class JsonBuffer
{
    // A buffer that one huge value grew is not kept for the small ones after it.
    private const int KeptCapacity = 1024 * 1024;
    private const int LongestNumber = 32;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    private byte[] _bytes = new byte[4096];
    private int _length;

    internal int Length => _length;

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    internal void Clear()
    {
        _length = 0;
        if (_bytes.Length > KeptCapacity)
        {
            _bytes = new byte[4096];
        }
    }

    internal Utf8Text CopyTo(TextArena arena) => arena.Copy(Written);

    internal void Raw(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    internal void Raw(scoped ReadOnlySpan<byte> json)
    {
        Reserve(json.Length);
        json.CopyTo(_bytes.AsSpan(_length));
        _length += json.Length;
    }

    /// <summary>Writes a comma unless the container was just opened.</summary>
    internal void Separate()
    {
        if (_length > 0 && _bytes[_length - 1] is not ((byte)'{' or (byte)'['))
        {
            Raw((byte)',');
        }
    }

    internal void Name(scoped ReadOnlySpan<byte> name)
    {
        Separate();
        String(name);
        Raw((byte)':');
    }

    internal void String(scoped ReadOnlySpan<byte> text)
    {
        Reserve(text.Length + 2);
        _bytes[_length++] = (byte)'"';
        Escaped(text);
        Raw((byte)'"');
    }

    /// <summary>Writes text into a string that the caller opened with a quote and will close.</summary>
    internal void Escaped(scoped ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var plain = text.IndexOfAny(MustEscape);
            if (plain < 0)
            {
                Raw(text);
                return;
            }

            Raw(text[..plain]);
            Escape(text[plain]);
            text = text[(plain + 1)..];
        }
    }

    internal void Number(long value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_length), out var written);
        _length += written;
    }

    /// <summary>Writes a number; what JSON has no number for becomes a string.</summary>
    internal void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            Raw(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
            return;
        }

        Reserve(LongestNumber);
        value.TryFormat(_bytes.AsSpan(_length), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    internal void Base64String(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        _bytes[_length++] = (byte)'"';
        Base64.EncodeToUtf8(bytes, _bytes.AsSpan(_length), out _, out var written);
        _length += written;
        Raw((byte)'"');
    }

    private void Escape(byte value)
    {
        Raw((byte)'\\');
        switch (value)
        {
            case (byte)'"' or (byte)'\\': Raw(value); break;
            case (byte)'\n': Raw((byte)'n'); break;
            case (byte)'\t': Raw((byte)'t'); break;
            case (byte)'\r': Raw((byte)'r'); break;
            case (byte)'\b': Raw((byte)'b'); break;
            case (byte)'\f': Raw((byte)'f'); break;
            default:
                Raw("u00"u8);
                Raw((byte)"0123456789abcdef"[value >> 4]);
                Raw((byte)"0123456789abcdef"[value & 15]);
                break;
        }
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }
    }
}
