using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Usage by the gen_ai and OpenInference conventions, whose detail counts are parts of input and output.</summary>
/// <remarks>A key that is not known is kept under its own name and never added to anything: it may overlap what is counted
/// already.</remarks>
internal static class GenericUsage
{
    private const int NamesPerKind = 16;
    private const int Kinds = 7;
    private const int FirstDetail = 3;
    private const int FirstOutputDetail = 5;
    private const AttributeFamily Families = AttributeFamily.GenAiUsage | AttributeFamily.TokenCount;

    private static readonly Utf8Text[] Keys =
    [
        UsageKeys.Input, UsageKeys.Output, UsageKeys.Total, UsageKeys.InputCached, UsageKeys.InputCacheCreation,
        UsageKeys.OutputReasoningTokens, UsageKeys.OutputAudioTokens,
    ];

    // Every part of the total; the total itself stands at 2.
    private static readonly Utf8Text[] DisjointKeys = [.. Keys.Where(key => key != UsageKeys.Total)];

    // Where a span has several names of one kind, the first in its list counts.
    private static readonly string[][] Names =
    [
        ["prompt_tokens", "input_tokens", "prompt"],
        ["completion_tokens", "output_tokens", "completion"],
        ["total_tokens", "total"],
        [
            "cache_read.input_tokens", "cache_read_input_tokens", "cache_read_tokens", "details.cache_read_tokens",
            "details.cache_read_input_tokens", "prompt_details.cache_read", "input_cached_tokens",
        ],
        [
            "cache_creation.input_tokens", "cache_creation_input_tokens", "cache_write_tokens", "details.cache_write_tokens",
            "details.cache_creation_input_tokens", "prompt_details.cache_write", "input_cache_creation", "cache_write.input_tokens",
        ],
        ["reasoning.output_tokens", "completion_details.reasoning"],
        ["completion_details.audio"],
    ];

    private static readonly Utf8KeyTable Table = new(
        Names.SelectMany((names, kind) => names.Select((name, order) => (name, (kind * NamesPerKind) + order))));

    internal static void Read(OtlpSpan span, UsageSum usage)
    {
        if ((span.Attributes.Families & Families) == AttributeFamily.None)
        {
            return;
        }

        Span<ulong> counts = stackalloc ulong[Kinds];
        Span<int> orders = stackalloc int[Kinds];
        counts.Clear();
        orders.Fill(NamesPerKind);
        foreach (ref readonly var attribute in span.Attributes.All)
        {
            if ((attribute.Family & Families) == AttributeFamily.None || !attribute.Value.TryCount(out var count))
            {
                continue;
            }

            var suffix = attribute.Suffix;
            var found = Table.Find(suffix.Span);
            if (found < 0)
            {
                KeepOther(suffix, count, usage);
            }
            else if (found % NamesPerKind < orders[found / NamesPerKind])
            {
                orders[found / NamesPerKind] = found % NamesPerKind;
                counts[found / NamesPerKind] = count;
            }
        }

        Store(span, counts, orders, usage);
    }

    private static void Store(OtlpSpan span, ReadOnlySpan<ulong> counts, Span<int> orders, UsageSum usage)
    {
        if (orders[FirstDetail] == NamesPerKind && VertexCachedTokens.TryRead(span, out var cached))
        {
            orders[FirstDetail] = 0;
            usage.Set(UsageKeys.InputCached, cached);
        }

        for (var kind = 0; kind < Kinds; kind++)
        {
            if (orders[kind] < NamesPerKind && !usage.TryGet(Keys[kind], out _))
            {
                usage.Set(Keys[kind], counts[kind]);
            }
        }

        for (var kind = FirstDetail; kind < Kinds; kind++)
        {
            if (orders[kind] < NamesPerKind && usage.TryGet(Keys[kind], out var part))
            {
                usage.Subtract(kind < FirstOutputDetail ? UsageKeys.Input : UsageKeys.Output, part);
            }
        }

        usage.CompleteTotal(DisjointKeys);
    }

    private static void KeepOther(in Utf8Text suffix, ulong count, UsageSum usage)
    {
        var key = suffix.Span.StartsWith("details."u8) ? new Utf8Text(suffix.Bytes["details.".Length..]) : suffix;
        if (!usage.IsFull && !key.IsEmpty && !key.Span.SequenceEqual("cost"u8))
        {
            usage.Set(key, count);
        }
    }
}
