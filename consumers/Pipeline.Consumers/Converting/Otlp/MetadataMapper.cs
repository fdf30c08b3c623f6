using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Metadata: what the attributes say key by key, then the remaining attributes, the resource and the scope as one JSON object
/// each.</summary>
internal static class MetadataMapper
{
    private static readonly Utf8Text AttributesKey = Utf8Text.From("attributes");
    private static readonly Utf8Text ResourceAttributesKey = Utf8Text.From("resourceAttributes");
    private static readonly Utf8Text ScopeKey = Utf8Text.From("scope");
    private static readonly Utf8Text UserId = Utf8Text.From("userId");
    private static readonly Utf8Text SessionId = Utf8Text.From("sessionId");
    private static readonly Utf8Text Tags = Utf8Text.From("tags");
    private static readonly Utf8Text LangfusePrompt = Utf8Text.From("langfusePrompt");

    /// <summary>Fills the observation's metadata.</summary>
    /// <returns>The remaining attributes as JSON text, for the trace; empty when there are none to keep.</returns>
    internal static Utf8Text Map(OtlpSpan span, ObservationState observation)
    {
        Read(span, KnownAttribute.LangfuseObservationMetadata, AttributeFamily.ObservationMetadata, span.Caller, observation.Metadata);
        var attributes = default(Utf8Text);
        if (!span.Scope.IsLangfuseSdk)
        {
            attributes = span.Attributes.ToMetadata(span.Context);
            observation.Metadata.Merge(new MetadataEntry(AttributesKey, span.Caller, attributes));
        }

        AddOrigin(span, span.Caller, observation.Metadata);
        return attributes;
    }

    /// <summary>Fills the trace's metadata: its own from any span that sets it, the rest from the root.</summary>
    internal static void MapTrace(OtlpSpan span, in Utf8Text attributes, TraceState trace)
    {
        Read(span, KnownAttribute.LangfuseTraceMetadata, AttributeFamily.TraceMetadata, span.Caller, trace.Metadata);
        if (!span.IsRoot)
        {
            AddOrigin(span, span.Shallow, trace.Metadata);
            return;
        }

        Read(span, KnownAttribute.LangfuseObservationMetadata, AttributeFamily.ObservationMetadata, span.Derived, trace.Metadata);
        if (!attributes.IsEmpty)
        {
            trace.Metadata.Merge(new MetadataEntry(AttributesKey, span.Derived, attributes));
        }

        AddOrigin(span, span.Derived, trace.Metadata);
    }

    /// <summary>Resource attributes that a whole process sets for its traces.</summary>
    internal static void MapResource(OtlpSpan span, TraceState trace)
    {
        if ((span.Resource.Attributes.Families & AttributeFamily.TraceMetadata) != AttributeFamily.None)
        {
            AddFamilies(span.Context, span.Resource.Attributes, AttributeFamily.TraceMetadata, span.Derived, trace.Metadata);
        }
    }

    private static void AddOrigin(OtlpSpan span, ulong version, MetadataEntries metadata)
    {
        metadata.Merge(new MetadataEntry(ResourceAttributesKey, version, span.Resource.Json));
        metadata.Merge(new MetadataEntry(ScopeKey, version, span.Scope.Json));
    }

    private static void Read(OtlpSpan span, KnownAttribute primary, AttributeFamily family, ulong version, MetadataEntries metadata)
    {
        var whole = span.Attributes.Get(primary);
        whole = whole.IsTruthy ? whole : span.Attributes.Get(KnownAttribute.LangfuseMetadata);
        if (whole.IsTruthy)
        {
            AddObject(span, whole, version, metadata);
        }

        var families = family | AttributeFamily.LangfuseMetadata | AttributeFamily.VercelMetadata;
        if ((span.Attributes.Families & families) != AttributeFamily.None)
        {
            AddFamilies(span.Context, span.Attributes, families, version, metadata);
        }
    }

    // A value that is no object is not metadata; it stays in the attributes.
    private static void AddObject(OtlpSpan span, in OtlpValue whole, ulong version, MetadataEntries metadata)
    {
        var json = whole.ToText(span.Context);
        if (whole.Kind is not (OtlpValueKind.String or OtlpValueKind.KeyValueList)
            || !JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject))
        {
            return;
        }

        var members = new JsonObjectReader(json.Bytes, span.Context.Arena);
        while (members.TryRead())
        {
            metadata.Merge(new MetadataEntry(members.Name, version, members.Value.ToText(span.Context.Arena)));
        }
    }

    private static void AddFamilies(
        ConversionContext context, SpanAttributes attributes, AttributeFamily families, ulong version, MetadataEntries metadata)
    {
        foreach (ref readonly var attribute in attributes.All)
        {
            if ((attribute.Family & families) == AttributeFamily.None)
            {
                continue;
            }

            var key = attribute.Suffix;
            var isTraceField = attribute.Family == AttributeFamily.VercelMetadata
                && (key == UserId || key == SessionId || key == Tags || key == LangfusePrompt);
            if (!isTraceField)
            {
                metadata.Merge(new MetadataEntry(key, version, attribute.Value.ToText(context)));
            }
        }
    }
}
