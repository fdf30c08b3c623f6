using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>Compares one observation with what is expected of it.</summary>
internal sealed class ExpectedObservation(JsonElement expected, ObservationState actual, IReadOnlyList<ObservationState> siblings)
{
    /// <summary>Whether an observation may be the one whose id the program does not know: by type, name and parent.</summary>
    internal static bool Fits(JsonElement expected, ObservationState candidate) =>
        ExpectedJson.Matches(expected.GetProperty("type"), ExpectedTraces.Text(candidate.Type))
        && (expected.GetProperty("name").ValueKind == JsonValueKind.Null
            || ExpectedJson.Matches(expected.GetProperty("name"), ExpectedTraces.Text(candidate.Name)))
        && (expected.GetProperty("parent_id").ValueKind == JsonValueKind.Null
            || ExpectedJson.Matches(expected.GetProperty("parent_id"), ExpectedTraces.Text(candidate.ParentObservationId)));

    internal List<string> Compare()
    {
        var deviations = new List<string>();
        foreach (var claim in expected.EnumerateObject())
        {
            if (!Holds(claim.Name, claim.Value))
            {
                deviations.Add(claim.Name);
            }
        }

        return deviations;
    }

    private bool Holds(string claim, JsonElement value) => claim switch
    {
        "id" or "what" => true,
        "type" => ExpectedJson.Matches(value, Text(actual.Type)),
        "name" => value.ValueKind == JsonValueKind.Null || ExpectedJson.Matches(value, Text(actual.Name)),
        "parent_id" => value.ValueKind == JsonValueKind.Null || ExpectedJson.Matches(value, Text(actual.ParentObservationId)),
        "parent_name" => siblings.Any(one => actual.ParentObservationId.HasValue && one.Key.Id == actual.ParentObservationId.Value
            && ExpectedJson.Matches(value, Text(one.Name))),
        "level" => ExpectedJson.Matches(value, Text(actual.Level)),
        "status_message" => ExpectedJson.Matches(value, Text(actual.StatusMessage)),
        "status_message_contains" => Text(actual.StatusMessage)?.Contains(value.GetString()!, StringComparison.Ordinal) == true,
        "version" => ExpectedJson.Matches(value, Text(actual.AppVersion)),
        "model" => ExpectedJson.Matches(value, Text(actual.Model)),
        "model_parameters" => HasMembers(value, Text(actual.ModelParameters)),
        "input" => ExpectedJson.IsWithin(value, Text(actual.Input)),
        "output" => ExpectedJson.IsWithin(value, Text(actual.Output)),
        "input_text" => HasText(value, Text(actual.Input)),
        "output_text" => HasText(value, Text(actual.Output)),
        "tool_call" => value.EnumerateObject().All(one => one.Value.ValueKind == JsonValueKind.String
            ? ExpectedJson.HasText(one.Value.GetString()!, Text(actual.Output))
            : ExpectedJson.IsWithin(one.Value, Text(actual.Output))),
        "start_time" => actual.StartTime.Value == Records.Time(value.GetString()!),
        "end_time" => actual.EndTime.Value == Records.Time(value.GetString()!),
        "completion_start_time" => actual.CompletionStartTime.Value == Records.Time(value.GetString()!),
        "metadata" or "metadata_contains" => ExpectedTraces.HasAll(value, actual.Metadata),
        "attributes" => value.EnumerateObject().All(one => HasMember(one, Attributes())),
        "cost" => value.EnumerateObject().All(one => Cost(one.Name) == one.Value.GetDecimal()),
        "usage" => value.EnumerateObject().All(one => Count(one.Name) == one.Value.GetUInt64()),
        "usage_set" => value.ValueKind == JsonValueKind.Null || value.EnumerateObject().All(HasUsageAsSet),
        "usage_provider" => HasEachTokenOnce(value),
        _ => throw new NotSupportedException(claim),
    };

    private static string? Text(in Register<Utf8Text> register) => ExpectedTraces.Text(register);

    private static bool HasText(JsonElement value, string? actual) =>
        value.ValueKind == JsonValueKind.String ? ExpectedJson.HasText(value.GetString()!, actual) : ExpectedJson.IsWithin(value, actual);

    private string? Attributes() => actual.Metadata.Entries.Where(entry => entry.Key == Utf8Text.From("attributes"))
        .Select(entry => entry.Value.ToString()).SingleOrDefault();

    private static bool HasMembers(JsonElement value, string? json) => value.EnumerateObject().All(one => HasMember(one, json));

    private static bool HasMember(JsonProperty member, string? json)
    {
        if (json is null)
        {
            return false;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(member.Name, out var found)
            && ExpectedJson.Matches(member.Value, found.ValueKind == JsonValueKind.String ? found.GetString() : found.GetRawText());
    }

    private ulong? Count(string key) => actual.UsageDetails.Value.Entries.ToArray()
        .Where(entry => entry.Key == Utf8Text.From(key)).Select(entry => (ulong?)entry.Value).SingleOrDefault();

    private decimal? Cost(string key) => actual.CostDetails.Value.Entries.ToArray()
        .Where(entry => entry.Key == Utf8Text.From(key)).Select(entry => (decimal?)entry.Value / CostMap.UnitsPerDollar).SingleOrDefault();

    private bool HasUsageAsSet(JsonProperty set) => set.Name switch
    {
        "unit" => true,
        "input" or "promptTokens" or "prompt_tokens" => Count("input") == set.Value.GetUInt64(),
        "output" or "completionTokens" or "completion_tokens" => Count("output") == set.Value.GetUInt64(),
        "total" or "totalTokens" or "total_tokens" => Count("total") == set.Value.GetUInt64(),
        "input_cost" => Cost("input") == set.Value.GetDecimal(),
        "output_cost" => Cost("output") == set.Value.GetDecimal(),
        "total_cost" => Cost("total") == set.Value.GetDecimal(),
        _ => throw new NotSupportedException(set.Name),
    };

    // What the provider reported must come out again when each kind is summed over its parts.
    private bool HasEachTokenOnce(JsonElement provider)
    {
        ulong Sum(string prefix) => actual.UsageDetails.Value.Entries.ToArray()
            .Where(entry => entry.Key.ToString().StartsWith(prefix, StringComparison.Ordinal))
            .Aggregate(0UL, (sum, entry) => sum + entry.Value);

        // Anthropic reports cached tokens beside the input, OpenAI within it.
        ulong Beside(string key) => provider.TryGetProperty(key, out var value) ? value.GetUInt64() : 0;
        var beside = Beside("cache_creation_input_tokens") + Beside("cache_read_input_tokens");
        return provider.EnumerateObject().All(claim => claim.Name switch
        {
            "input" => Sum("input") == claim.Value.GetUInt64() + beside,
            "output" => Sum("output") == claim.Value.GetUInt64(),
            "total" => Count("total") == claim.Value.GetUInt64(),
            _ => true,
        });
    }
}
