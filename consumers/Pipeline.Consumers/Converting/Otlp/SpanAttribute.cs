using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>One attribute of a span, event, scope or resource.</summary>
internal struct SpanAttribute
{
    internal Utf8Text Key;
    internal OtlpValue Value;

    /// <summary>Length of the family's prefix in the key.</summary>
    internal byte PrefixLength;

    internal AttributeFamily Family;

    /// <summary>Whether the attribute is input or output, so that the metadata does not repeat it.</summary>
    internal bool IsContent;

    /// <summary>The key behind its family's prefix.</summary>
    internal readonly Utf8Text Suffix => new(Key.Bytes[PrefixLength..]);
}
