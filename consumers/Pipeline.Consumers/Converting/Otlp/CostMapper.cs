using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Costs that the client computed: Langfuse's own by type, else a convention's total.</summary>
internal static class CostMapper
{
    internal static void Map(OtlpSpan span, ObservationState observation)
    {
        var cost = span.Context.Cost;
        cost.Clear();
        if (!TryReadDetails(span, cost) && !TryReadTotal(span, cost, KnownAttribute.GenAiUsageCost)
            && !TryReadTotal(span, cost, KnownAttribute.LlmCostTotal))
        {
            return;
        }

        cost.CompleteTotal();
        if (!cost.IsEmpty)
        {
            observation.CostDetails = Register<CostMap>.Of(span.Caller, cost.ToMap());
        }
    }

    private static bool TryReadDetails(OtlpSpan span, CostSum cost)
    {
        if (!span.Attributes.TryText(span.Context, KnownAttribute.LangfuseObservationCostDetails, out var json)
            || !JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject))
        {
            return false;
        }

        var members = new JsonObjectReader(json.Bytes, span.Context.Arena);
        while (members.TryRead())
        {
            if (!cost.IsFull && members.Value.IsNumber && JsonNumbers.TryCost(members.Value.Bytes.Span, out var units))
            {
                cost.Set(members.Name, units);
            }
        }

        return true;
    }

    private static bool TryReadTotal(OtlpSpan span, CostSum cost, KnownAttribute key)
    {
        if (!span.Attributes.TryText(span.Context, key, out var text) || !JsonNumbers.TryCost(text.Span, out var units))
        {
            return false;
        }

        cost.Set(UsageKeys.Total, units);
        return true;
    }
}
