using System.Text.Json.Nodes;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Comparing;
using Pipeline.Storage.Comparing;
using Pipeline.Storage.States;
using Pipeline.Testing.Engine;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Comparing;

/// <summary>A verdict must be what the views show when the candidates are really inserted.</summary>
[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class ComparisonEquivalenceTests(EngineFixture fixture, ITestOutputHelper output)
{
    // 200 traces and 200 scores.
    private const int Spread = 20;
    private const int Observations = 480;
    private const int Others = 200;

    // With one stored state an entity nearly every candidate changes something; with thirty most change nothing or a single column.
    [EngineFact]
    public async Task Verdicts_are_what_inserting_shows()
    {
        var seen = new HashSet<StateVerdict>();
        foreach (var statesPerEntity in new[] { 1, 10, 30, 60 })
        {
            var verdicts = await CheckAsync(Environment.TickCount, statesPerEntity);
            seen.UnionWith(verdicts.Observations.Values);
        }

        Assert.Equal(3, seen.Count);
    }

    private async Task<StateComparison> CheckAsync(int seed, int statesPerEntity)
    {
        var states = new RandomStates(new Random(seed), Spread);
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        for (var round = 0; round < statesPerEntity; round++)
        {
            await database.InsertAsync(BatchOf(states, Observations, Others));
        }

        var candidates = BatchOf(states, Observations, Others);
        var before = await ViewsAsync(database);
        var verdicts = await comparison.CompareAsync(candidates, CancellationToken.None);
        Assert.Equal(before, await ViewsAsync(database));
        await database.InsertAsync(candidates);
        var after = await ViewsAsync(database);

        output.WriteLine(
            $"seed {seed}, {statesPerEntity} states per entity: {verdicts.Count(StateVerdict.New)} new, {verdicts.Count(StateVerdict.Unchanged)} unchanged, {verdicts.Count(StateVerdict.Changed)} changed");
        AssertSeen(verdicts.Observations, candidates.Observations.Select(state => state.Key), key => NameOf("observations", key.ProjectId, key.TraceId, key.Id), before, after);
        AssertSeen(verdicts.Traces, candidates.Traces.Select(state => state.Key), key => NameOf("traces", key.ProjectId, key.TraceId), before, after);
        AssertSeen(verdicts.Scores, candidates.Scores.Select(state => state.Key), key => NameOf("scores", key.ProjectId, key.Id), before, after);
        return verdicts;
    }

    private static StateBatch BatchOf(RandomStates states, int observations, int others)
    {
        var batch = new StateBatch();
        batch.Observations.AddRange(Enumerable.Range(0, observations).Select(_ => states.Observation()));
        batch.Traces.AddRange(Enumerable.Range(0, others).Select(_ => states.Trace()));
        batch.Scores.AddRange(Enumerable.Range(0, others).Select(_ => states.Score()));
        return batch;
    }

    private static void AssertSeen<TKey>(
        IReadOnlyDictionary<TKey, StateVerdict> verdicts,
        IEnumerable<TKey> candidates,
        Func<TKey, string> nameOf,
        Dictionary<string, string> before,
        Dictionary<string, string> after)
        where TKey : notnull
    {
        var names = candidates.Select(nameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var expected = names.Select(name => (name, !before.TryGetValue(name, out var row) ? StateVerdict.New : row == after[name] ? StateVerdict.Unchanged : StateVerdict.Changed));
        Assert.Equal(expected, verdicts.Select(pair => (nameOf(pair.Key), pair.Value)).OrderBy(pair => pair.Item1, StringComparer.Ordinal));
    }

    private static string NameOf(string view, params Utf8Text[] identity) => view + " " + string.Join(' ', identity);

    /// <summary>Every row of every view by its identity, without the one column that a newer version of the same value moves.</summary>
    private static async Task<Dictionary<string, string>> ViewsAsync(TestDatabase database)
    {
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (view, identity) in new[] { ("observations", new[] { "project_id", "trace_id", "id" }), ("traces", ["project_id", "id"]), ("scores", ["project_id", "id"]) })
        {
            foreach (JsonObject row in await database.QueryAsync($"SELECT * EXCEPT updated_at FROM {view}"))
            {
                rows.Add(NameOf(view, [.. identity.Select(column => Utf8Text.From((string)row[column]!))]), row.ToJsonString());
            }
        }

        return rows;
    }
}
