namespace Pipeline.Gateway.Admission;

/// <summary>Field numbers of <c>opentelemetry/proto/trace/v1/trace.proto</c> and its request, as far as the gateway looks.</summary>
internal static class OtlpFields
{
    internal const int ResourceSpans = 1;

    internal const int ResourceSpansResource = 1;
    internal const int ResourceSpansScopeSpans = 2;
    internal const int ResourceSpansSchemaUrl = 3;

    internal const int ScopeSpansScope = 1;
    internal const int ScopeSpansSpans = 2;
    internal const int ScopeSpansSchemaUrl = 3;

    internal const int SpanTraceId = 1;
    internal const int SpanSpanId = 2;
    internal const int SpanStartTime = 7;
    internal const int SpanEndTime = 8;
    internal const int SpanAttributes = 9;

    internal const int AnyValueString = 1;

    internal const int TraceIdLength = 16;
    internal const int SpanIdLength = 8;
}
