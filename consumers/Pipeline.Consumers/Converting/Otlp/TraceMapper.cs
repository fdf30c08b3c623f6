using Pipeline.Schemas;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>What a span says of its trace.</summary>
/// <remarks>
/// Attributes that name a trace field are the caller's word, whichever span carries them. A root span lends the trace its name, input and
/// output until the caller says otherwise. Any other span only says that the trace exists.
/// </remarks>
internal static class TraceMapper
{
    private static readonly KnownAttribute[] Updates =
    [
        KnownAttribute.LangfuseTraceName, KnownAttribute.LangfuseTraceInput, KnownAttribute.LangfuseTraceOutput,
        KnownAttribute.LangfuseTraceMetadata, KnownAttribute.LangfuseTracePublic, KnownAttribute.LangfuseTraceTags,
        KnownAttribute.UserId, KnownAttribute.SessionId, KnownAttribute.LangfuseUserId, KnownAttribute.LangfuseSessionId,
        KnownAttribute.LangfuseObservationMetadataLangfuseUserId, KnownAttribute.LangfuseObservationMetadataLangfuseSessionId,
        KnownAttribute.LangfuseObservationMetadataLangfuseTags, KnownAttribute.AiTelemetryMetadataSessionId,
        KnownAttribute.AiTelemetryMetadataUserId, KnownAttribute.AiTelemetryMetadataTags, KnownAttribute.TagTags,
        KnownAttribute.TraceloopAssociationPropertiesUserId, KnownAttribute.TraceloopAssociationPropertiesSessionId,
    ];

    internal static void Map(OtlpSpan span, ObservationState observation, in InputOutput content, in Utf8Text attributes)
    {
        var trace = span.Context.Traces.Get(span.Context, span.TraceId);
        var speaksForTrace = span.IsRoot || HasUpdates(span);
        var timestamp = Register<long>.Of(span.First(span.IsRoot ? SourceRank.DerivedFromRoot : SourceRank.Shallow), span.StartMicros);
        trace.Timestamp = Register<long>.Max(trace.Timestamp, timestamp);
        trace.Environment = Register<Utf8Text>.Max(
            trace.Environment, EnvironmentMapper.MapTrace(span, speaksForTrace, observation.Environment));
        if (!speaksForTrace)
        {
            return;
        }

        MapOwn(span, trace);
        trace.AppVersion = Register<Utf8Text>.Max(trace.AppVersion, observation.AppVersion);
        trace.Release = Register<Utf8Text>.Max(trace.Release, VersionMapper.MapRelease(span));
        TagsMapper.Map(span, trace.Tags);
        MetadataMapper.MapResource(span, trace);
        MetadataMapper.MapTrace(span, attributes, trace);
        if (span.IsRoot)
        {
            trace.Name = Raise(trace.Name, span.Derived, observation.Name.Value);
            trace.Input = Raise(trace.Input, span.Derived, content.Input);
            trace.Output = Raise(trace.Output, span.Derived, content.Output);
        }
    }

    private static void MapOwn(OtlpSpan span, TraceState trace)
    {
        var attributes = span.Attributes;
        var context = span.Context;
        if (attributes.TryText(context, KnownAttribute.LangfuseTraceName, out var name))
        {
            trace.Name = Raise(trace.Name, span.Caller, name);
        }

        if (attributes.TryText(context, KnownAttribute.LangfuseTraceInput, out var input))
        {
            trace.Input = Raise(trace.Input, span.Caller, input);
        }

        if (attributes.TryText(context, KnownAttribute.LangfuseTraceOutput, out var output))
        {
            trace.Output = Raise(trace.Output, span.Caller, output);
        }

        if (SessionUserMapper.TryUser(span, out var user))
        {
            trace.UserId = Raise(trace.UserId, span.Caller, user);
        }

        if (SessionUserMapper.TrySession(span, out var session))
        {
            trace.SessionId = Raise(trace.SessionId, span.Caller, session);
        }

        var isPublic = attributes.Has(KnownAttribute.LangfuseTracePublic) ? KnownAttribute.LangfuseTracePublic
            : KnownAttribute.LangfusePublic;
        if (attributes.Has(isPublic))
        {
            var value = attributes.Get(isPublic);
            var isTrue = value.Kind == OtlpValueKind.Bool ? value.Number != 0 : attributes.Is(isPublic, "true"u8);
            trace.IsPublic = Register<bool>.Max(trace.IsPublic, Register<bool>.Of(span.Caller, isTrue));
        }
    }

    private static bool HasUpdates(OtlpSpan span)
    {
        if ((span.Attributes.Families & AttributeFamily.TraceMetadata) != AttributeFamily.None)
        {
            return true;
        }

        foreach (var key in Updates)
        {
            if (span.Attributes.IsTruthy(key))
            {
                return true;
            }
        }

        return false;
    }

    private static Register<Utf8Text> Raise(in Register<Utf8Text> current, ulong version, in Utf8Text text) =>
        text.IsEmpty ? current : Register<Utf8Text>.Max(current, Register<Utf8Text>.Of(version, text));
}
