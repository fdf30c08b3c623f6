using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The parent of an observation: the parent span, or none.</summary>
internal static class ParentMapper
{
    internal static Register<Utf8Text> Map(OtlpSpan span) =>
        span.IsRoot ? Register<Utf8Text>.Null(span.Caller) : Register<Utf8Text>.Of(span.Caller, span.ParentId);
}
