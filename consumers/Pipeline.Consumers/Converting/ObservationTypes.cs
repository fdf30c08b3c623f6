using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting;

/// <summary>The observation types as stored, and their spellings on the wire.</summary>
internal static class ObservationTypes
{
    internal static readonly Utf8Text Span = Utf8Text.From("SPAN");
    internal static readonly Utf8Text Generation = Utf8Text.From("GENERATION");
    internal static readonly Utf8Text Event = Utf8Text.From("EVENT");
    internal static readonly Utf8Text Agent = Utf8Text.From("AGENT");
    internal static readonly Utf8Text Tool = Utf8Text.From("TOOL");
    internal static readonly Utf8Text Chain = Utf8Text.From("CHAIN");
    internal static readonly Utf8Text Retriever = Utf8Text.From("RETRIEVER");
    internal static readonly Utf8Text Evaluator = Utf8Text.From("EVALUATOR");
    internal static readonly Utf8Text Embedding = Utf8Text.From("EMBEDDING");
    internal static readonly Utf8Text Guardrail = Utf8Text.From("GUARDRAIL");

    private static readonly Utf8Text[] All = [Span, Generation, Event, Agent, Tool, Chain, Retriever, Evaluator, Embedding, Guardrail];

    private static readonly Utf8KeyTable Spellings = new(
        All.SelectMany((type, index) => new[] { (type.ToString(), index), (type.ToString().ToLowerInvariant(), index) }));

    /// <summary>Finds a type by its name in lower or upper case.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> name, out Utf8Text type)
    {
        var index = Spellings.Find(name);
        type = index < 0 ? default : All[index];
        return index >= 0;
    }
}
