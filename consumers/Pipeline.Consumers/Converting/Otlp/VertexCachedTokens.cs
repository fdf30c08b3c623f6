using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The cached tokens that Google's agent kit reports only inside its response.</summary>
internal static class VertexCachedTokens
{
    internal static bool TryRead(OtlpSpan span, out ulong count)
    {
        count = 0;
        return span.Scope.Is("gcp.vertex.agent"u8)
            && span.Attributes.TryText(span.Context, KnownAttribute.GcpVertexAgentLlmResponse, out var response)
            && JsonMember.TryFind(span.Context, response, "usage_metadata"u8, out var metadata)
            && JsonMember.TryFind(span.Context, new(metadata.Bytes), "cached_content_token_count"u8, out var cached)
            && JsonNumbers.TryCount(cached.Bytes.Span, out count);
    }
}
