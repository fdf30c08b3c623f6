using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting;

/// <summary>Usage as OpenAI's two APIs report it: detail counts are parts of input and output, not additions.</summary>
internal static class OpenAiUsage
{
    private const int HasInput = 1;
    private const int HasOutput = 2;
    private const int HasTotal = 4;
    private const int HasAll = HasInput | HasOutput | HasTotal;

    /// <summary>Reads the shape strictly: all three counts, the two detail objects, nothing else.</summary>
    /// <returns>False, with nothing taken, when the object has another shape.</returns>
    internal static bool TryRead(ConversionContext context, in JsonValue value, UsageSum usage) =>
        TryRead(context, value, usage, "prompt_tokens"u8, "completion_tokens"u8, "prompt_tokens_details"u8, "completion_tokens_details"u8)
        || TryRead(context, value, usage, "input_tokens"u8, "output_tokens"u8, "input_tokens_details"u8, "output_tokens_details"u8);

    private static bool TryRead(
        ConversionContext context,
        in JsonValue value,
        UsageSum usage,
        ReadOnlySpan<byte> inputKey,
        ReadOnlySpan<byte> outputKey,
        ReadOnlySpan<byte> inputDetailsKey,
        ReadOnlySpan<byte> outputDetailsKey)
    {
        var found = 0;
        ulong input = 0, output = 0, total = 0;
        JsonValue inputDetails = default, outputDetails = default;
        var members = new JsonObjectReader(value.Bytes, context.Arena);
        while (members.TryRead())
        {
            var key = members.Name.Span;
            var member = members.Value;
            if (key.SequenceEqual(inputKey) && JsonNumbers.TryCount(member.Bytes.Span, out input))
            {
                found |= HasInput;
            }
            else if (key.SequenceEqual(outputKey) && JsonNumbers.TryCount(member.Bytes.Span, out output))
            {
                found |= HasOutput;
            }
            else if (key.SequenceEqual("total_tokens"u8) && JsonNumbers.TryCount(member.Bytes.Span, out total))
            {
                found |= HasTotal;
            }
            else if (key.SequenceEqual(inputDetailsKey) && (member.IsObject || member.IsNull))
            {
                inputDetails = member;
            }
            else if (key.SequenceEqual(outputDetailsKey) && (member.IsObject || member.IsNull))
            {
                outputDetails = member;
            }
            else
            {
                return false;
            }
        }

        if (found != HasAll)
        {
            return false;
        }

        usage.Set(UsageKeys.Input, input);
        usage.Set(UsageKeys.Output, output);
        usage.Set(UsageKeys.Total, total);
        AddDetails(context, inputDetails, usage, UsageKeys.Input, "input_"u8);
        AddDetails(context, outputDetails, usage, UsageKeys.Output, "output_"u8);
        return true;
    }

    private static void AddDetails(
        ConversionContext context, in JsonValue details, UsageSum usage, in Utf8Text whole, ReadOnlySpan<byte> prefix)
    {
        if (!details.IsObject)
        {
            return;
        }

        var members = new JsonObjectReader(details.Bytes, context.Arena);
        while (members.TryRead())
        {
            if (usage.IsFull || !JsonNumbers.TryCount(members.Value.Bytes.Span, out var count))
            {
                continue;
            }

            var key = context.Arena.Take(prefix.Length + members.Name.Length);
            prefix.CopyTo(key.Span);
            members.Name.Span.CopyTo(key.Span[prefix.Length..]);
            usage.Set(new Utf8Text(key), count);
            usage.Subtract(whole, count);
        }
    }
}
