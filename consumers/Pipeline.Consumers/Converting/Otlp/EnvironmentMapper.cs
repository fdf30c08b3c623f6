using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The environment: each key on the span, then on the resource, before the next key.</summary>
internal static class EnvironmentMapper
{
    private static readonly KnownAttribute[] Keys =
        [KnownAttribute.LangfuseEnvironment, KnownAttribute.DeploymentEnvironmentName, KnownAttribute.DeploymentEnvironment];

    internal static Register<Utf8Text> MapObservation(OtlpSpan span) =>
        TryFind(span, out var name)
            ? Register<Utf8Text>.Of(span.First(SourceRank.Caller), name)
            : Register<Utf8Text>.Of(span.First(SourceRank.Shallow), EnvironmentRule.Default);

    /// <summary>What a span says of its trace's environment: a root speaks for it, any other span only until a root does.</summary>
    internal static Register<Utf8Text> MapTrace(OtlpSpan span, bool speaksForTrace, in Register<Utf8Text> observation)
    {
        var isNamed = observation.Version >= span.First(SourceRank.Caller);
        var rank = !isNamed ? SourceRank.Shallow : speaksForTrace ? SourceRank.Caller : SourceRank.DerivedFromRoot;
        return Register<Utf8Text>.Of(span.First(rank), observation.Value);
    }

    private static bool TryFind(OtlpSpan span, out Utf8Text name)
    {
        foreach (var key in Keys)
        {
            if (span.Attributes.TryText(span.Context, key, out name) || span.Resource.Attributes.TryText(span.Context, key, out name))
            {
                name = EnvironmentRule.Normalise(name);
                return true;
            }
        }

        name = default;
        return false;
    }
}
