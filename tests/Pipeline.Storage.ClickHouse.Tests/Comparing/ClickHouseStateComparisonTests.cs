using System.Diagnostics;
using System.Reflection;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Comparing;
using Pipeline.Storage.Comparing;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;
using Pipeline.Testing.Engine;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Comparing;

[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class ClickHouseStateComparisonTests(EngineFixture fixture, ITestOutputHelper output)
{
    private const long Start = 1_763_683_200_000_000;
    private static readonly Utf8Text Project = Utf8Text.From("p");

    [EngineFact]
    public async Task What_the_store_has_not_is_new_and_after_its_insert_unchanged()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        var random = new RandomStates(new Random(7));
        var batch = new StateBatch();
        batch.Observations.Add(random.Observation());
        batch.Traces.Add(random.Trace());
        batch.Scores.Add(random.Score());

        var first = await comparison.CompareAsync(batch, CancellationToken.None);
        await database.InsertAsync(batch);
        var second = await comparison.CompareAsync(batch, CancellationToken.None);

        Assert.Equal((StateVerdict.New, StateVerdict.New, StateVerdict.New), (first.Observations.Values.Single(), first.Traces.Values.Single(), first.Scores.Values.Single()));
        Assert.Equal(3, second.Count(StateVerdict.Unchanged));
    }

    [EngineFact]
    public async Task Nothing_to_compare_has_no_verdicts()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);

        var verdicts = await comparison.CompareAsync(new StateBatch(), CancellationToken.None);

        Assert.Empty(verdicts.Observations);
        Assert.Empty(verdicts.Traces);
        Assert.Empty(verdicts.Scores);
    }

    [EngineFact]
    public async Task Every_register_counts_by_its_value_and_not_by_its_version()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);

        await database.InsertAsync(EachRegisterAlone(time: 5, value: 1));

        var newerVersion = await comparison.CompareAsync(EachRegisterAlone(time: 6, value: 1), CancellationToken.None);
        var olderValue = await comparison.CompareAsync(EachRegisterAlone(time: 4, value: 2), CancellationToken.None);
        var newerValue = await comparison.CompareAsync(EachRegisterAlone(time: 6, value: 2), CancellationToken.None);

        Assert.Equal((17, 10, 16), (newerValue.Observations.Count, newerValue.Traces.Count, newerValue.Scores.Count));
        Assert.Equal(43, newerVersion.Count(StateVerdict.Unchanged));
        Assert.Equal(43, olderValue.Count(StateVerdict.Unchanged));
        Assert.Equal(43, newerValue.Count(StateVerdict.Changed));
    }

    [EngineFact]
    public async Task Tags_metadata_and_an_earlier_creation_are_changes()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        await database.InsertAsync(Traces(
            Trace("same tag", state => state.Tags.Add(Utf8Text.From("a"))),
            Trace("another tag", state => state.Tags.Add(Utf8Text.From("a"))),
            Trace("newer entry", state => state.Metadata.Merge(Entry("k", 5, "v"))),
            Trace("newer version of the entry", state => state.Metadata.Merge(Entry("k", 5, "v"))),
            Trace("older entry", state => state.Metadata.Merge(Entry("k", 5, "v"))),
            Trace("another key", state => state.Metadata.Merge(Entry("k", 5, "v"))),
            Trace("later creation"),
            Trace("earlier creation")));

        var verdicts = await comparison.CompareAsync(
            Traces(
                Trace("same tag", state => state.Tags.Add(Utf8Text.From("a"))),
                Trace("another tag", state => state.Tags.Add(Utf8Text.From("b"))),
                Trace("newer entry", state => state.Metadata.Merge(Entry("k", 6, "w"))),
                Trace("newer version of the entry", state => state.Metadata.Merge(Entry("k", 6, "v"))),
                Trace("older entry", state => state.Metadata.Merge(Entry("k", 4, "w"))),
                Trace("another key", state => state.Metadata.Merge(Entry("l", 1, "v"))),
                new TraceState(KeyOf("later creation"), Start + 1),
                new TraceState(KeyOf("earlier creation"), Start - 1)),
            CancellationToken.None);

        Assert.Equal(
            ["another key", "another tag", "earlier creation", "newer entry"],
            verdicts.Traces.Where(pair => pair.Value == StateVerdict.Changed).Select(pair => pair.Key.TraceId.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(4, verdicts.Count(StateVerdict.Unchanged));
    }

    [EngineFact]
    public async Task An_explicit_value_that_readers_saw_anyway_is_no_change()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        await database.InsertAsync(Traces(Trace("t")));

        var verdicts = await comparison.CompareAsync(
            Traces(Trace("t", state => state.Environment = Register<Utf8Text>.Of(1, Utf8Text.From("default")))), CancellationToken.None);

        Assert.Equal(StateVerdict.Unchanged, verdicts.Traces[KeyOf("t")]);
    }

    [EngineFact]
    public async Task Any_text_can_be_an_identity()
    {
        string[] ids = ["", "'", "\"", "\\", "\t\n\r\0", "\\n", "ä日本\U0001F30D", "/</script>", " "];
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        await database.InsertAsync(Traces([.. ids.Select(id => Trace(id))]));

        var verdicts = await comparison.CompareAsync(Traces([.. ids.Select(id => Trace(id)), Trace("new")]), CancellationToken.None);

        Assert.All(ids, id => Assert.Equal(StateVerdict.Unchanged, verdicts.Traces[KeyOf(id)]));
        Assert.Equal(StateVerdict.New, verdicts.Traces[KeyOf("new")]);
    }

    [EngineFact]
    public async Task Candidates_of_more_days_than_one_insert_may_have_partitions_are_compared()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        var batch = Traces([.. Enumerable.Range(0, 150).Select(day => new TraceState(KeyOf($"t{day}"), Start - (day * 86_400_000_000)))]);

        Assert.Equal(150, (await comparison.CompareAsync(batch, CancellationToken.None)).Count(StateVerdict.New));
    }

    [EngineFact]
    public async Task Scratch_tables_are_gone_after_a_comparison_and_after_a_failed_one()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        using var hurried = new ClickHouseStateComparison(database.Options with { MaxInsertTimeout = TimeSpan.FromMilliseconds(1) });
        var batch = new TypicalStates(new Random(7)).Batch(10_000);

        await comparison.CompareAsync(batch, CancellationToken.None);
        Assert.Empty(await ScratchTablesAsync(database));

        var failure = await Assert.ThrowsAsync<ClickHouseException>(async () => await hurried.CompareAsync(batch, CancellationToken.None));
        Assert.StartsWith("no answer within", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await ScratchTablesAsync(database));
    }

    [EngineFact]
    public async Task Scratch_tables_that_a_killed_process_left_are_dropped_and_no_others()
    {
        const string LeftOver = "replay_compare_0123456789abcdef0123456789abcdef_observations";
        const string NotOurs = "replay_compare_notes";
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        using var later = new ClickHouseStateComparison(database.Options) { LeftoverAge = TimeSpan.Zero };
        await database.ExecuteAsync($"CREATE TABLE {LeftOver} (a UInt8) ENGINE = Memory");
        await database.ExecuteAsync($"CREATE TABLE {NotOurs} (a UInt8) ENGINE = Memory");

        await comparison.CompareAsync(new StateBatch(), CancellationToken.None);
        Assert.Equal([LeftOver, NotOurs], await ScratchTablesAsync(database));

        await later.CompareAsync(new StateBatch(), CancellationToken.None);
        Assert.Equal([NotOurs], await ScratchTablesAsync(database));
    }

    [Fact]
    public async Task A_store_that_is_away_is_an_exception_without_a_code()
    {
        using var comparison = new ClickHouseStateComparison(new() { Address = new Uri("http://127.0.0.1:1") });

        var failure = await Assert.ThrowsAsync<ClickHouseException>(async () => await comparison.CompareAsync(Traces(Trace("t")), CancellationToken.None));

        Assert.Equal(0, failure.Code);
    }

    [EngineFact]
    public async Task A_store_without_its_tables_is_an_exception_with_the_code()
    {
        using var comparison = new ClickHouseStateComparison(new() { Address = fixture.Engine.Address, Database = "default" });

        var failure = await Assert.ThrowsAsync<ClickHouseException>(async () => await comparison.CompareAsync(Traces(Trace("t")), CancellationToken.None));

        Assert.Equal(60, failure.Code);
    }

    [EngineFact]
    public async Task Fifty_thousand_candidates_are_compared_at_once()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        using var comparison = new ClickHouseStateComparison(database.Options);
        var candidates = new TypicalStates(new Random(7)).Batch(50_000);
        var stored = new StateBatch();
        stored.Observations.AddRange(candidates.Observations.Where((_, nth) => nth % 2 == 0));
        await database.InsertAsync(stored);

        var clock = Stopwatch.StartNew();
        var verdicts = await comparison.CompareAsync(candidates, CancellationToken.None);

        output.WriteLine($"{candidates.RowCount} candidates in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal((25_000, 27_500), (verdicts.Count(StateVerdict.Unchanged), verdicts.Count(StateVerdict.New)));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static TraceKey KeyOf(string id) => new(Project, Utf8Text.From(id));

    private static TraceState Trace(string id, Action<TraceState>? change = null)
    {
        var state = new TraceState(KeyOf(id), Start);
        change?.Invoke(state);
        return state;
    }

    private static MetadataEntry Entry(string key, ulong version, string value) => new(Utf8Text.From(key), version, Utf8Text.From(value));

    private static StateBatch Traces(params TraceState[] states)
    {
        var batch = new StateBatch();
        batch.Traces.AddRange(states);
        return batch;
    }

    private static async Task<IEnumerable<string>> ScratchTablesAsync(TestDatabase database) =>
        (await database.QueryAsync("SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'replay_compare') ORDER BY name"))
            .Select(row => (string)row["name"]!);

    /// <summary>For each register of each table an entity that has nothing but it, named after it.</summary>
    private static StateBatch EachRegisterAlone(ulong time, int value)
    {
        var batch = new StateBatch();
        batch.Observations.AddRange(Each(id => new ObservationState(new ObservationKey(Project, Utf8Text.From("t"), id), Start), time, value));
        batch.Traces.AddRange(Each(id => new TraceState(new TraceKey(Project, id), Start), time, value));
        batch.Scores.AddRange(Each(id => new ScoreState(new ScoreKey(Project, id), Start), time, value));
        return batch;
    }

    private static IEnumerable<TState> Each<TState>(Func<Utf8Text, TState> create, ulong version, int value)
    {
        foreach (var property in typeof(TState).GetProperties().Where(property => property.CanWrite && property.SetMethod!.IsPublic))
        {
            var state = create(Utf8Text.From(property.Name));
            var of = property.PropertyType.GetMethod("Of", BindingFlags.Public | BindingFlags.Static)!;
            property.SetValue(state, of.Invoke(null, [version, ValueOf(property.PropertyType.GetGenericArguments()[0], value)]));
            yield return state;
        }
    }

    private static object ValueOf(Type type, int value) => type switch
    {
        _ when type == typeof(Utf8Text) => Utf8Text.From($"v{value}"),
        _ when type == typeof(long) => Start + value,
        _ when type == typeof(double) => (double)value,
        _ when type == typeof(bool) => value == 2,
        _ when type == typeof(PromptLink) => new PromptLink(Utf8Text.From("prompt"), (uint)value),
        _ when type == typeof(UsageMap) => UsageMap.From([new(Utf8Text.From("total"), (ulong)value)]),
        _ when type == typeof(CostMap) => CostMap.From([new(Utf8Text.From("total"), value)]),
        _ => throw new ArgumentException($"no values of {type}", nameof(type)),
    };
}
