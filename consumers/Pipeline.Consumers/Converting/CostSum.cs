using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting;

/// <summary>Gathers the costs of one observation, in units of 10^-12 dollars. Not thread-safe; cleared and used again.</summary>
internal sealed class CostSum
{
    private readonly List<KeyValuePair<Utf8Text, long>> _costs = [];

    /// <summary>Whether another type would be one too many.</summary>
    internal bool IsFull => _costs.Count >= UsageSum.MaxTypes;

    internal bool IsEmpty => _costs.Count == 0;

    internal void Clear() => _costs.Clear();

    internal void Set(in Utf8Text key, long units)
    {
        for (var i = 0; i < _costs.Count; i++)
        {
            if (_costs[i].Key == key)
            {
                _costs[i] = new(key, units);
                return;
            }
        }

        _costs.Add(new(key, units));
    }

    /// <summary>Sets the total to input plus output when these are all there is; other types may overlap them, so then there is
    /// none.</summary>
    internal void CompleteTotal()
    {
        long total = 0;
        foreach (var cost in _costs)
        {
            if (cost.Key != UsageKeys.Input && cost.Key != UsageKeys.Output)
            {
                return;
            }

            total += cost.Value;
        }

        if (_costs.Count > 0)
        {
            Set(UsageKeys.Total, total);
        }
    }

    internal CostMap ToMap() => _costs.Count == 0 ? default : CostMap.From(_costs);
}
