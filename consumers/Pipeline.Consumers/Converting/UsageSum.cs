using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting;

/// <summary>Gathers the token counts of one observation.</summary>
/// <remarks>Not thread-safe; cleared and used again for every observation that has usage.</remarks>
internal sealed class UsageSum
{
    /// <summary>Types of one observation; more are no usage, and would make its map quadratic to sort.</summary>
    internal const int MaxTypes = 256;

    private readonly List<KeyValuePair<Utf8Text, ulong>> _counts = [];

    /// <summary>Whether another type would be one too many.</summary>
    internal bool IsFull => _counts.Count >= MaxTypes;

    internal bool IsEmpty => _counts.Count == 0;

    internal void Clear() => _counts.Clear();

    internal bool TryGet(in Utf8Text key, out ulong count)
    {
        var index = IndexOf(key);
        count = index < 0 ? 0 : _counts[index].Value;
        return index >= 0;
    }

    internal void Set(in Utf8Text key, ulong count)
    {
        var index = IndexOf(key);
        if (index < 0)
        {
            _counts.Add(new(key, count));
        }
        else
        {
            _counts[index] = new(key, count);
        }
    }

    /// <summary>Takes the part that another key counts out of a sum, so that each token is counted once; never below 0.</summary>
    internal void Subtract(in Utf8Text key, ulong part)
    {
        var index = IndexOf(key);
        if (index >= 0)
        {
            var whole = _counts[index].Value;
            _counts[index] = new(key, whole > part ? whole - part : 0);
        }
    }

    /// <summary>Takes the parts of input and output out of them where the arithmetic says that they are inside.</summary>
    /// <remarks>
    /// Some clients send what the provider reported with the details beside it. When the given total is input plus output alone, details
    /// such
    /// as <c>input_cached_tokens</c> cannot be additions.
    /// </remarks>
    internal void RemoveOverlap()
    {
        if (!TryGet(UsageKeys.Total, out var total) || !TryGet(UsageKeys.Input, out var input) || !TryGet(UsageKeys.Output, out var output)
            || Add(input, output) != total)
        {
            return;
        }

        var inputParts = SumOf("input_"u8);
        var outputParts = SumOf("output_"u8);
        if (inputParts <= input && outputParts <= output)
        {
            Subtract(UsageKeys.Input, inputParts);
            Subtract(UsageKeys.Output, outputParts);
        }
    }

    /// <summary>Sets the total to the sum of all counts unless it is given: the rule for counts in Langfuse's own terms, whose keys are
    /// disjoint.</summary>
    internal void CompleteTotal()
    {
        if (_counts.Count == 0 || IndexOf(UsageKeys.Total) >= 0)
        {
            return;
        }

        ulong total = 0;
        foreach (var count in _counts)
        {
            total = Add(total, count.Value);
        }

        Set(UsageKeys.Total, total);
    }

    /// <summary>Sets the total to the sum of the given keys unless it is given: the rule where other keys may overlap.</summary>
    internal void CompleteTotal(ReadOnlySpan<Utf8Text> disjointKeys)
    {
        if (IndexOf(UsageKeys.Total) >= 0)
        {
            return;
        }

        ulong total = 0;
        var isKnown = false;
        foreach (var key in disjointKeys)
        {
            isKnown |= TryGet(key, out var count);
            total = Add(total, count);
        }

        if (isKnown)
        {
            Set(UsageKeys.Total, total);
        }
    }

    internal UsageMap ToMap() => _counts.Count == 0 ? default : UsageMap.From(_counts);

    private ulong SumOf(ReadOnlySpan<byte> prefix)
    {
        ulong sum = 0;
        foreach (var count in _counts)
        {
            sum = count.Key.Span.StartsWith(prefix) ? Add(sum, count.Value) : sum;
        }

        return sum;
    }

    private static ulong Add(ulong left, ulong right) => ulong.MaxValue - left < right ? ulong.MaxValue : left + right;

    private int IndexOf(in Utf8Text key)
    {
        for (var i = 0; i < _counts.Count; i++)
        {
            if (_counts[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }
}
