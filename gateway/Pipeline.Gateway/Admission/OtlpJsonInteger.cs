using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Pipeline.Gateway.Admission;

/// <summary>Reads an integer in each of the forms that clients give it in OTLP/JSON (contract 2.3): number, decimal string, or two halves.</summary>
internal static class OtlpJsonInteger
{
    /// <summary>Reads the current value and passes over it.</summary>
    /// <param name="walk">At the value.</param>
    /// <param name="isSigned">Whether it must be a whole number within 64 bits with sign; else a number above is taken too, and a fraction is cut.</param>
    /// <param name="number">The 64 bits.</param>
    internal static bool TryRead(ref JsonWalk walk, bool isSigned, out ulong number)
    {
        number = 0;
        switch (walk.Reader.TokenType)
        {
            case JsonTokenType.Number: return TryParse(walk.Reader.ValueSpan, isSigned, out number);
            case JsonTokenType.String: return TryParse(walk.Text().Span, isSigned, out number);
            case JsonTokenType.StartObject: return TryReadHalves(ref walk, out number);
            default:
                walk.SkipValue(int.MaxValue);
                return false;
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> text, bool isSigned, out ulong number)
    {
        if (Utf8Parser.TryParse(text, out long signed, out var used) && used == text.Length)
        {
            number = (ulong)signed;
            return true;
        }

        if (Utf8Parser.TryParse(text, out number, out used) && used == text.Length)
        {
            return !isSigned;
        }

        // Some clients write 1.7e18 for a time.
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            || !(Math.Abs(real) < 9.2e18)
            || (isSigned && !double.IsInteger(real)))
        {
            return false;
        }

        number = (ulong)(long)real;
        return true;
    }

    // Long.js of older JavaScript exporters: {"high":418,"low":-7,"unsigned":true}.
    private static bool TryReadHalves(ref JsonWalk walk, out ulong number)
    {
        long? high = null, low = null;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var name = walk.Name();
            var isHigh = name.SequenceEqual("high"u8);
            var isLow = name.SequenceEqual("low"u8);
            walk.Reader.Read();
            if ((isHigh || isLow) && walk.Reader.TokenType == JsonTokenType.Number && walk.Reader.TryGetInt64(out var half) && half is >= int.MinValue and <= uint.MaxValue)
            {
                high = isHigh ? half : high;
                low = isLow ? half : low;
            }
            else
            {
                walk.SkipValue(int.MaxValue);
            }
        }

        number = unchecked(((ulong)high.GetValueOrDefault() << 32) | (uint)low.GetValueOrDefault());
        return high is not null && low is not null;
    }
}
