using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Token counts of a span, each token counted once whatever the convention subtracts or repeats.</summary>
internal static class UsageMapper
{
    internal static void Map(OtlpSpan span, ObservationState observation)
    {
        var usage = span.Context.Usage;
        usage.Clear();
        if (!TryReadLangfuse(span, usage))
        {
            if (span.Scope.Is("genkit-tracer"u8))
            {
                ReadGenkit(span, usage);
            }
            else if (span.Scope.Is("ai"u8))
            {
                VercelUsage.Read(span, usage);
            }
            else
            {
                GenericUsage.Read(span, usage);
            }
        }

        if (!usage.IsEmpty)
        {
            observation.UsageDetails = Register<UsageMap>.Of(span.Caller, usage.ToMap());
        }
    }

    // JSON of another type is the caller's mistake and means no usage; text that is no JSON leaves the word to the other conventions.
    private static bool TryReadLangfuse(OtlpSpan span, UsageSum usage)
    {
        if (!span.Attributes.TryText(span.Context, KnownAttribute.LangfuseObservationUsageDetails, out var json))
        {
            return false;
        }

        if (!JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject))
        {
            return JsonObjectReader.IsJson(json.Span);
        }

        var value = new JsonValue(JsonTokenType.StartObject, json.Bytes, IsEscaped: false);
        if (!OpenAiUsage.TryRead(span.Context, value, usage))
        {
            var members = new JsonObjectReader(json.Bytes, span.Context.Arena);
            while (members.TryRead())
            {
                if (!usage.IsFull && members.Value.IsNumber && JsonNumbers.TryCount(members.Value.Bytes.Span, out var count))
                {
                    usage.Set(members.Name, count);
                }
            }
        }

        usage.RemoveOverlap();
        usage.CompleteTotal();
        return true;
    }

    private static void ReadGenkit(OtlpSpan span, UsageSum usage)
    {
        if (!span.Attributes.TryText(span.Context, KnownAttribute.GenkitOutput, out var output)
            || !JsonMember.TryFind(span.Context, output, "usage"u8, out var found) || !found.IsObject)
        {
            return;
        }

        ulong thoughts = 0;
        var members = new JsonObjectReader(found.Bytes, span.Context.Arena);
        while (members.TryRead())
        {
            if (!members.Value.IsNumber || !JsonNumbers.TryCount(members.Value.Bytes.Span, out var count))
            {
                continue;
            }

            var key = members.Name.Span;
            if (key.SequenceEqual("inputTokens"u8))
            {
                usage.Set(UsageKeys.Input, count);
            }
            else if (key.SequenceEqual("outputTokens"u8))
            {
                usage.Set(UsageKeys.Output, count);
            }
            else if (key.SequenceEqual("totalTokens"u8))
            {
                usage.Set(UsageKeys.Total, count);
            }
            else if (key.SequenceEqual("thoughtsTokens"u8))
            {
                thoughts = count;
                usage.Set(UsageKeys.OutputReasoning, count);
            }
        }

        usage.Subtract(UsageKeys.Output, thoughts);
        usage.CompleteTotal([UsageKeys.Input, UsageKeys.Output, UsageKeys.OutputReasoning]);
    }
}
