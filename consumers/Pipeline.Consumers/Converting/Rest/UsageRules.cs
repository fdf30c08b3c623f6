using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Usage and cost of a REST body: the old <c>usage</c> first, then <c>usageDetails</c> and <c>costDetails</c> over it.</summary>
internal static class UsageRules
{
    /// <exception cref="InvalidFieldException">A count or cost that its column cannot hold.</exception>
    internal static (UsageMap Usage, CostMap Cost) Read(ConversionContext context, BodyFields body)
    {
        var old = body[BodyField.Usage];
        var details = body[BodyField.UsageDetails];
        var costs = body[BodyField.CostDetails];
        if (!old.IsObject && !details.IsObject && !costs.IsObject)
        {
            return default;
        }

        var usage = context.Usage;
        var cost = context.Cost;
        usage.Clear();
        cost.Clear();
        if (old.IsObject)
        {
            ReadOldUsage(context, old, usage, cost);
        }

        if (details.IsObject && !OpenAiUsage.TryRead(context, details, usage))
        {
            ReadCounts(context, details, usage);
        }

        if (costs.IsObject)
        {
            ReadCosts(context, costs, cost);
        }

        usage.RemoveOverlap();
        usage.CompleteTotal();
        cost.CompleteTotal();
        return (usage.ToMap(), cost.ToMap());
    }

    private static void ReadOldUsage(ConversionContext context, in JsonValue value, UsageSum usage, CostSum cost)
    {
        var isCamelCase = false;
        var members = new JsonObjectReader(value.Bytes, context.Arena);
        while (members.TryRead())
        {
            isCamelCase |= !OldUsageKeys.OfCamelCaseCount(members.Name.Span).IsEmpty;
        }

        members = new JsonObjectReader(value.Bytes, context.Arena);
        while (members.TryRead())
        {
            var key = members.Name.Span;
            var count = isCamelCase ? OldUsageKeys.OfCamelCaseCount(key) : OldUsageKeys.OfCount(key);
            if (!count.IsEmpty)
            {
                SetCount(usage, count, members.Value, BodyField.Usage);
            }
            else if (!isCamelCase && OldUsageKeys.OfCost(key) is { IsEmpty: false } type)
            {
                SetCost(cost, type, members.Value, BodyField.Usage);
            }
        }
    }

    private static void ReadCounts(ConversionContext context, in JsonValue value, UsageSum usage)
    {
        var members = new JsonObjectReader(value.Bytes, context.Arena);
        while (members.TryRead())
        {
            SetCount(usage, members.Name, members.Value, BodyField.UsageDetails);
        }
    }

    private static void ReadCosts(ConversionContext context, in JsonValue value, CostSum cost)
    {
        var members = new JsonObjectReader(value.Bytes, context.Arena);
        while (members.TryRead())
        {
            SetCost(cost, members.Name, members.Value, BodyField.CostDetails);
        }
    }

    private static void SetCount(UsageSum usage, in Utf8Text key, in JsonValue value, BodyField field)
    {
        if (value.IsSet)
        {
            var isCount = JsonNumbers.TryCount(value.Bytes.Span, out var count) && value.IsNumber && !usage.IsFull;
            usage.Set(key, isCount ? count : throw new InvalidFieldException(field));
        }
    }

    private static void SetCost(CostSum cost, in Utf8Text key, in JsonValue value, BodyField field)
    {
        if (value.IsSet)
        {
            var isCost = JsonNumbers.TryCost(value.Bytes.Span, out var units) && value.IsNumber && !cost.IsFull;
            cost.Set(key, isCost ? units : throw new InvalidFieldException(field));
        }
    }
}
