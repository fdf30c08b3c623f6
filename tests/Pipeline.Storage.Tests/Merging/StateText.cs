using System.Globalization;
using System.Reflection;
using System.Text;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.Tests.Merging;

/// <summary>Writes states as text with every field, so that two folds can be compared by their bytes.</summary>
internal static class StateText
{
    internal static string Of(StateBatch batch)
    {
        var lines = batch.Observations.Select(state => Describe(state.Key, state))
            .Concat(batch.Traces.Select(state => Describe(state.Key, state)))
            .Concat(batch.Scores.Select(state => Describe(state.Key, state)))
            .Order(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static string Describe(object key, object state)
    {
        var text = new StringBuilder(key.ToString());
        foreach (var property in state.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $" {property.Name}={ValueOf(property.GetValue(state)!)}");
        }

        return text.ToString();
    }

    private static string ValueOf(object value) => value switch
    {
        MetadataEntries metadata => string.Join(',', metadata.Entries.Select(entry => $"{entry.Key}:{entry.Version}:{entry.Value}").Order(StringComparer.Ordinal)),
        HashSet<Utf8Text> tags => string.Join(',', tags.Select(tag => tag.ToString()).Order(StringComparer.Ordinal)),
        Register<UsageMap> usage => $"{usage.Version}:{string.Join(',', usage.Value.Entries.ToArray().Select(entry => $"{entry.Key}={entry.Value}"))}",
        Register<CostMap> cost => $"{cost.Version}:{string.Join(',', cost.Value.Entries.ToArray().Select(entry => $"{entry.Key}={entry.Value}"))}",
        _ => value.ToString()!,
    };
}
