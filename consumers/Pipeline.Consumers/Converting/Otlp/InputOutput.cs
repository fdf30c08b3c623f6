using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Input and output of a span; empty where there is none.</summary>
/// <param name="Input">A string as it is, anything else as JSON text.</param>
/// <param name="Output">Likewise.</param>
internal readonly record struct InputOutput(Utf8Text Input, Utf8Text Output)
{
    internal bool IsEmpty => Input.IsEmpty && Output.IsEmpty;
}
