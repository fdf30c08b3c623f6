using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Version and release of the application, from the span or its resource.</summary>
internal static class VersionMapper
{
    internal static Register<Utf8Text> MapVersion(OtlpSpan span) =>
        span.Attributes.TryText(span.Context, KnownAttribute.LangfuseVersion, out var version)
            || span.Resource.Attributes.TryText(span.Context, KnownAttribute.ServiceVersion, out version)
            ? Register<Utf8Text>.Of(span.Caller, version)
            : default;

    internal static Register<Utf8Text> MapRelease(OtlpSpan span) =>
        span.Attributes.TryText(span.Context, KnownAttribute.LangfuseRelease, out var release)
            || span.Resource.Attributes.TryText(span.Context, KnownAttribute.LangfuseRelease, out release)
            ? Register<Utf8Text>.Of(span.Caller, release)
            : default;
}
