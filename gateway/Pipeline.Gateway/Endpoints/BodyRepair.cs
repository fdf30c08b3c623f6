using System.Buffers;
using System.Text.Unicode;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Publishing;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Puts U+FFFD in place of what is not UTF-8 in a JSON body, under the body's cap and the budget of bytes in flight.</summary>
/// <remarks>One bad byte grows to three, so a repaired body may be larger than what was received.</remarks>
internal static class BodyRepair
{
    /// <summary>Replaces the bytes when they are not all text; a body in UTF-16 or UTF-32 stays as it is, for admission to refuse.</summary>
    internal static BodyOutcome Repair(RequestBody body, int maxBytes, InFlightBudget budget)
    {
        if (Utf8.IsValid(body.Bytes.Span) || BodyEncoding.IsWide(BodyEncoding.WithoutByteOrderMark(body.Bytes).Span))
        {
            return BodyOutcome.Read;
        }

        var length = Utf8Repair.LengthOf(body.Bytes.Span);
        if (length > maxBytes)
        {
            return BodyOutcome.TooLarge;
        }

        if (!budget.TryReserve(length))
        {
            return BodyOutcome.Busy;
        }

        var text = ArrayPool<byte>.Shared.Rent((int)length);
        Utf8Repair.Write(body.Bytes.Span, text);
        body.Replace(text, (int)length);
        body.WasRepaired = true;
        return BodyOutcome.Read;
    }
}
