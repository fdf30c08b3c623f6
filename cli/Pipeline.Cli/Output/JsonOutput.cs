using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Cli.Output;

/// <summary>How every command prints JSON: indented, snake case, text as it is.</summary>
internal static class JsonOutput
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // A terminal is not a page: prompts stay readable in their own script.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The same on one line.</summary>
    internal static readonly JsonSerializerOptions Compact = new(Options) { WriteIndented = false };

    internal static void Write<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Options));
}
