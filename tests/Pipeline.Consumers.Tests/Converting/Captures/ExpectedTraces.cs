using System.Globalization;
using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>Compares folded states with an <c>expected.json</c>; every claim that does not hold is one line.</summary>
internal sealed class ExpectedTraces(ListSink stored)
{
    internal List<string> Compare(JsonElement expected)
    {
        var deviations = new List<string>();
        foreach (var trace in expected.GetProperty("traces").EnumerateArray())
        {
            CompareTrace(trace, deviations);
        }

        return deviations;
    }

    internal static string? Text(in Register<Utf8Text> register) => register.HasValue ? register.Value.ToString() : null;

    private void CompareTrace(JsonElement expected, List<string> deviations)
    {
        var id = Utf8Text.From(expected.GetProperty("id").GetString()!);
        if (!stored.Traces.TryGetValue(new TraceKey(Utf8Text.From(Records.Project), id), out var trace))
        {
            deviations.Add("trace: missing");
            return;
        }

        foreach (var claim in expected.EnumerateObject())
        {
            var holds = claim.Name switch
            {
                "name" => ExpectedJson.Matches(claim.Value, Text(trace.Name)),
                "user_id" => ExpectedJson.Matches(claim.Value, Text(trace.UserId)),
                "session_id" => ExpectedJson.Matches(claim.Value, Text(trace.SessionId)),
                "release" => ExpectedJson.Matches(claim.Value, Text(trace.Release)),
                "version" => ExpectedJson.Matches(claim.Value, Text(trace.AppVersion)),
                "environment" => ExpectedJson.Matches(claim.Value, Text(trace.Environment)),
                "input" => ExpectedJson.Matches(claim.Value, Text(trace.Input)),
                "output" => ExpectedJson.Matches(claim.Value, Text(trace.Output)),
                "public" => trace.IsPublic.Value == claim.Value.GetBoolean(),
                "timestamp" => trace.Timestamp.Value == Records.Time(claim.Value.GetString()!),
                "tags" => Texts(claim.Value).SetEquals(trace.Tags.Select(tag => tag.ToString())),
                "tags_set" => claim.Value.EnumerateArray().SelectMany(Texts).ToHashSet().SetEquals(trace.Tags.Select(tag => tag.ToString())),
                "metadata" or "metadata_contains" => HasAll(claim.Value, trace.Metadata),
                "metadata_set" => claim.Value.EnumerateArray().All(one => HasAll(one, trace.Metadata)),
                "id" or "observations" or "scores" => true,
                _ => throw new NotSupportedException(claim.Name),
            };
            if (!holds)
            {
                deviations.Add($"trace: {claim.Name}");
            }
        }

        CompareObservations(expected, trace, deviations);
        CompareScores(expected, deviations);
    }

    private void CompareObservations(JsonElement trace, TraceState state, List<string> deviations)
    {
        var all = stored.Observations.Values.Where(one => one.Key.TraceId == state.Key.TraceId).ToList();
        var rest = all;
        foreach (var expected in trace.GetProperty("observations").EnumerateArray())
        {
            var label = Label(expected);
            var id = expected.GetProperty("id").GetString();
            var best = rest.Where(one => id is null ? ExpectedObservation.Fits(expected, one) : one.Key.Id == Utf8Text.From(id))
                .Select(one => (State: one, Deviations: new ExpectedObservation(expected, one, all).Compare()))
                .OrderBy(one => one.Deviations.Count).FirstOrDefault();
            if (best.State is null)
            {
                deviations.Add($"{label}: missing");
                continue;
            }

            rest = id is null ? [.. rest.Where(one => one != best.State)] : rest;
            deviations.AddRange(best.Deviations.Select(one => $"{label}: {one}"));
        }
    }

    private void CompareScores(JsonElement trace, List<string> deviations)
    {
        foreach (var expected in trace.GetProperty("scores").EnumerateArray())
        {
            var isFound = stored.Scores.Values.Any(score => expected.EnumerateObject().All(claim => claim.Name switch
            {
                "id" => ExpectedJson.Matches(claim.Value, score.Key.Id.ToString()),
                "name" => ExpectedJson.Matches(claim.Value, Text(score.Name)),
                "comment" => ExpectedJson.Matches(claim.Value, Text(score.Comment)),
                "observation_id" => ExpectedJson.Matches(claim.Value, Text(score.ObservationId)),
                "data_type" => ExpectedJson.Matches(claim.Value, Text(score.DataType)),
                "metadata" => HasAll(claim.Value, score.Metadata),
                "value" => claim.Value.ValueKind == JsonValueKind.Number
                    ? score.Value.HasValue && score.Value.Value.Equals(claim.Value.GetDouble())
                    : ExpectedJson.Matches(claim.Value, Text(score.StringValue)),
                _ => throw new NotSupportedException(claim.Name),
            }));
            if (!isFound)
            {
                deviations.Add($"score {expected.GetProperty("name").GetString()}: not as expected");
            }
        }
    }

    internal static bool HasAll(JsonElement expected, MetadataEntries metadata) => expected.EnumerateObject().All(one =>
        metadata.Entries.Any(entry => entry.Key == Utf8Text.From(one.Name) && ExpectedJson.Matches(one.Value, entry.Value.ToString())));

    private static HashSet<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(one => one.GetString()!)];

    private static string Label(JsonElement expected)
    {
        var what = expected.TryGetProperty("what", out var text) ? text : expected.GetProperty("name");
        return string.Create(CultureInfo.InvariantCulture, $"{expected.GetProperty("type").GetString()} {what.GetString()}");
    }
}
