using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>User and session of the trace.</summary>
internal static class SessionUserMapper
{
    // The last key of each list is not Langfuse's: it is where OpenLLMetry puts what its users set.
    private static readonly KnownAttribute[] UserKeys =
    [
        KnownAttribute.LangfuseUserId, KnownAttribute.UserId, KnownAttribute.LangfuseObservationMetadataLangfuseUserId,
        KnownAttribute.LangfuseTraceMetadataLangfuseUserId, KnownAttribute.AiTelemetryMetadataUserId,
        KnownAttribute.TraceloopAssociationPropertiesUserId,
    ];

    private static readonly KnownAttribute[] SessionKeys =
    [
        KnownAttribute.LangfuseSessionId, KnownAttribute.SessionId, KnownAttribute.GenAiConversationId,
        KnownAttribute.LangfuseObservationMetadataLangfuseSessionId, KnownAttribute.LangfuseTraceMetadataLangfuseSessionId,
        KnownAttribute.AiTelemetryMetadataSessionId, KnownAttribute.TraceloopAssociationPropertiesSessionId,
    ];

    internal static bool TryUser(OtlpSpan span, out Utf8Text user) => span.Attributes.TryText(span.Context, UserKeys, out user);

    internal static bool TrySession(OtlpSpan span, out Utf8Text session) => span.Attributes.TryText(span.Context, SessionKeys, out session);
}
