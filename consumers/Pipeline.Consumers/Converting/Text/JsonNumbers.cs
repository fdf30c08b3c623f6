using System.Globalization;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Reads the numbers of usage, cost and scores exactly.</summary>
internal static class JsonNumbers
{
    // Decimal(18, 12) holds 18 digits.
    private const long LargestCost = 999_999_999_999_999_999;

    /// <summary>Reads a count of tokens: an integer of at least 0, also when written as 12.0 or 1e3.</summary>
    internal static bool TryCount(ReadOnlySpan<byte> text, out ulong count)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return true;
        }

        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= 0 && number <= ulong.MaxValue && decimal.Truncate(number) == number)
        {
            count = (ulong)number;
            return true;
        }

        return false;
    }

    /// <summary>Reads dollars into units of 10^-12, rounded to the nearest.</summary>
    internal static bool TryCost(ReadOnlySpan<byte> text, out long units)
    {
        units = 0;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars)
            || dollars < 0 || dollars > LargestCost / CostMap.UnitsPerDollar)
        {
            return false;
        }

        units = (long)decimal.Round(dollars * CostMap.UnitsPerDollar, MidpointRounding.AwayFromZero);
        return true;
    }

    /// <summary>Reads a finite number.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
