using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting;

/// <summary>The levels as stored.</summary>
internal static class Levels
{
    internal static readonly Utf8Text Debug = Utf8Text.From("DEBUG");
    internal static readonly Utf8Text Default = Utf8Text.From("DEFAULT");
    internal static readonly Utf8Text Warning = Utf8Text.From("WARNING");
    internal static readonly Utf8Text Error = Utf8Text.From("ERROR");
}
