using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Reads ISO 8601 date-times as clients write them.</summary>
/// <remarks>
/// Wider than the standard on purpose: a blank instead of T, a missing zone (UTC), any number of fraction digits (cut to microseconds), and
/// second 60 (the last microsecond of second 59).
/// </remarks>
internal static class IsoTime
{
    /// <summary>Reads a time into microseconds since the epoch.</summary>
    /// <returns>False when it is no time or outside what a column can hold.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 16 || !TryNumber(text, 0, 4, out var year) || text[4] != (byte)'-' || !TryNumber(text, 5, 2, out var month)
            || text[7] != (byte)'-' || !TryNumber(text, 8, 2, out var day) || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || !TryNumber(text, 11, 2, out var hour) || text[13] != (byte)':' || !TryNumber(text, 14, 2, out var minute)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59)
        {
            return false;
        }

        var rest = text[16..];
        long within = 0;
        if (rest.Length >= 3 && rest[0] == (byte)':')
        {
            if (!TryNumber(rest, 1, 2, out var second) || second > 60 || !TryFraction(ref rest, out var fraction))
            {
                return false;
            }

            within = second == 60 ? UnixMicros.PerMinute - 1 : (second * UnixMicros.PerSecond) + fraction;
        }

        if (!TryOffset(rest, out var offsetMinutes))
        {
            return false;
        }

        var days = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;
        micros = ((((days * 24) + hour) * 60) + minute - offsetMinutes) * UnixMicros.PerMinute;
        micros += within;
        return micros is >= UnixMicros.MinSupported and <= UnixMicros.MaxSupported;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out long micros)
    {
        micros = 0;
        rest = rest[3..];
        if (rest.IsEmpty || rest[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        var digits = 0;
        while (digits + 1 < rest.Length && rest[digits + 1] is >= (byte)'0' and <= (byte)'9')
        {
            if (digits < 6)
            {
                micros = (micros * 10) + (rest[digits + 1] - '0');
            }

            digits++;
        }

        for (var missing = digits; missing < 6; missing++)
        {
            micros *= 10;
        }

        rest = rest[(digits + 1)..];
        return digits > 0;
    }

    private static bool TryOffset(ReadOnlySpan<byte> zone, out int minutes)
    {
        minutes = 0;
        if (zone.IsEmpty || (zone.Length == 1 && zone[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        if (zone[0] is not ((byte)'+' or (byte)'-') || !TryNumber(zone, 1, 2, out var hours) || hours > 23)
        {
            return false;
        }

        var rest = zone[3..];
        rest = !rest.IsEmpty && rest[0] == (byte)':' ? rest[1..] : rest;
        var part = 0;
        if (!rest.IsEmpty && (rest.Length != 2 || !TryNumber(rest, 0, 2, out part) || part > 59))
        {
            return false;
        }

        minutes = (hours * 60) + part;
        minutes = zone[0] == (byte)'-' ? -minutes : minutes;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, int start, int digits, out int number)
    {
        number = 0;
        if (text.Length < start + digits)
        {
            return false;
        }

        foreach (var digit in text.Slice(start, digits))
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
