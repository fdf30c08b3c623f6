using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Cli.Queries;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipeline.Cli.Output;

/// <summary>Draws one trace as a tree: its fields, its observations below their parents, the scores below what they score.</summary>
internal static class TraceTree
{
    // Prompts can be megabytes; a terminal line shows the beginning. `--json` shows everything.
    private const int MaxValueLength = 160;

    private static readonly string[] TraceFields =
        ["timestamp", "user_id", "session_id", "environment", "release", "version", "public", "tags", "metadata", "input", "output"];

    private static readonly string[] ObservationFields =
    [
        "start_time", "end_time", "completion_start_time", "level", "status_message", "environment", "version", "provided_model_name", "model_parameters",
        "usage_details", "cost_details", "prompt_name", "prompt_version", "metadata", "input", "output",
    ];

    internal static IRenderable Of(TraceDocument document)
    {
        var tree = new Tree($"[bold]{Escape(Text(document.Trace, "name") ?? "(no name)")}[/]  trace {Escape(Text(document.Trace, "id")!)}");
        AddFields(tree, document.Trace, TraceFields);
        AddScores(tree, document, observationId: null);

        var ids = document.Observations.Select(observation => Text(observation, "id")!).ToHashSet(StringComparer.Ordinal);
        foreach (var root in document.Observations.Where(observation => Parent(observation) is not { } parent || !ids.Contains(parent)))
        {
            AddObservation(tree, document, root, []);
        }

        return tree;
    }

    private static void AddObservation(IHasTreeNodes parent, TraceDocument document, JsonObject observation, HashSet<string> path)
    {
        var id = Text(observation, "id")!;

        // A client may send a cycle of parents; show each observation once on a path instead of recursing for ever.
        if (!path.Add(id))
        {
            parent.AddNode($"[red]{Escape(id)} is its own ancestor[/]");
            return;
        }

        var node = parent.AddNode($"[bold]{Escape(Text(observation, "name") ?? "")}[/]  {Escape(Text(observation, "type") ?? "SPAN")} {Escape(id)}");
        AddFields(node, observation, ObservationFields);
        AddScores(node, document, id);
        foreach (var child in document.Observations.Where(child => Parent(child) == id))
        {
            AddObservation(node, document, child, path);
        }

        path.Remove(id);
    }

    private static void AddScores(IHasTreeNodes parent, TraceDocument document, string? observationId)
    {
        foreach (var score in document.Scores.Where(score => Text(score, "observation_id") == observationId))
        {
            var value = Text(score, "string_value") ?? Text(score, "value") ?? "";
            var comment = Text(score, "comment") is { } text ? $"  ({Escape(Cut(text))})" : "";
            parent.AddNode($"score [bold]{Escape(Text(score, "name") ?? "")}[/] = {Escape(value)}  {Escape(Text(score, "data_type") ?? "")}{comment}");
        }
    }

    private static void AddFields(IHasTreeNodes parent, JsonObject row, string[] fields)
    {
        foreach (var field in fields)
        {
            if (Text(row, field) is { Length: > 0 } value && value is not ("{}" or "[]"))
            {
                parent.AddNode($"[grey]{field}[/] {Escape(Cut(value))}");
            }
        }
    }

    private static string? Parent(JsonObject observation) => Text(observation, "parent_observation_id") is { Length: > 0 } parent ? parent : null;

    private static string? Text(JsonObject row, string field) => row[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value when value.TryGetValue<double>(out var number) => number.ToString(CultureInfo.InvariantCulture),
        { } node => node.ToJsonString(JsonOutput.Compact),
    };

    private static string Cut(string value)
    {
        var line = value.ReplaceLineEndings(" ");
        return line.Length <= MaxValueLength ? line : $"{line[..MaxValueLength]}… ({value.Length} characters)";
    }

    private static string Escape(string text) => Markup.Escape(text);
}
