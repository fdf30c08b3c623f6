using System.Text.Json.Nodes;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;
using Pipeline.Testing.Engine;

namespace Pipeline.Storage.ClickHouse.Tests.Views;

/// <summary>What readers see: Langfuse's names, its defaults, and each entity once.</summary>
[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class ViewTests(EngineFixture fixture)
{
    // 2025-11-21T00:00:00Z
    private const long Start = 1_763_683_200_000_000;
    private static readonly Utf8Text Project = Utf8Text.From("p");

    [EngineFact]
    public async Task An_observation_of_which_nothing_but_its_ids_is_known_has_defaults()
    {
        var row = await OnlyAsync("observations", new ObservationState(ObservationKey, Start));

        Assert.Equal(
            """{"id":"o","trace_id":"t","project_id":"p","type":"SPAN","parent_observation_id":null,"start_time":null,"end_time":null,"completion_start_time":null,"name":"","environment":"default","level":"DEFAULT","status_message":null,"version":null,"input":null,"output":null,"provided_model_name":null,"model_parameters":null,"prompt_name":null,"prompt_version":null,"usage_details":{},"cost_details":{},"total_cost":null,"metadata":{},"latency":null,"time_to_first_token":null,"created_at":"2025-11-21T00:00:00.000000Z","updated_at":"2025-11-21T00:00:00.000000Z"}""",
            row.ToJsonString());
    }

    [EngineFact]
    public async Task A_full_observation_comes_back_field_by_field()
    {
        var version = Version(Start + 5_000_000);
        var state = new ObservationState(ObservationKey, Start)
        {
            Type = Text(version, "GENERATION"),
            Name = Text(version, "chat"),
            StartTime = Register<long>.Of(FieldVersion.FirstWins(SourceRank.Caller, Start), Start + 1),
            EndTime = Register<long>.Of(version, Start + 2_500_001),
            CompletionStartTime = Register<long>.Of(version, Start + 500_001),
            ParentObservationId = Text(version, "parent"),
            Environment = Text(version, "staging"),
            Level = Text(version, "ERROR"),
            StatusMessage = Text(version, "ü"),
            AppVersion = Text(version, "1.2"),
            Input = Text(version, "{\"a\":\"\\n\"}"),
            Output = Text(version, ""),
            Model = Text(version, "gpt-4o"),
            ModelParameters = Text(version, "{\"t\":1}"),
            Prompt = Register<PromptLink>.Of(version, new PromptLink(Utf8Text.From("greet"), 70_000)),
            UsageDetails = Register<UsageMap>.Of(version, UsageMap.From([new(Utf8Text.From("total"), 12), new(Utf8Text.From("input"), ulong.MaxValue)])),
            CostDetails = Register<CostMap>.Of(version, CostMap.From([new(Utf8Text.From("total"), 1_500_000_000_001), new(Utf8Text.From("input"), 1)])),
        };
        state.Metadata.Merge(new MetadataEntry(Utf8Text.From("k"), version, Utf8Text.From("v")));

        var row = await OnlyAsync("observations", state);

        Assert.Equal(
            """{"id":"o","trace_id":"t","project_id":"p","type":"GENERATION","parent_observation_id":"parent","start_time":"2025-11-21T00:00:00.000001Z","end_time":"2025-11-21T00:00:02.500001Z","completion_start_time":"2025-11-21T00:00:00.500001Z","name":"chat","environment":"staging","level":"ERROR","status_message":"\u00FC","version":"1.2","input":"{\u0022a\u0022:\u0022\\n\u0022}","output":"","provided_model_name":"gpt-4o","model_parameters":"{\u0022t\u0022:1}","prompt_name":"greet","prompt_version":70000,"usage_details":{"input":18446744073709551615,"total":12},"cost_details":{"input":0.000000000001,"total":1.500000000001},"total_cost":1.500000000001,"metadata":{"k":"v"},"latency":2.5,"time_to_first_token":0.5,"created_at":"2025-11-21T00:00:00.000000Z","updated_at":"2025-11-21T00:00:05.000000Z"}""",
            row.ToJsonString());
    }

    [EngineFact]
    public async Task An_end_before_the_start_is_shown_as_the_start_with_no_latency()
    {
        var row = await OnlyAsync("observations", new ObservationState(ObservationKey, Start)
        {
            StartTime = Register<long>.Of(FieldVersion.FirstWins(SourceRank.Caller, Start), Start + 1_000_000),
            EndTime = Register<long>.Of(Version(Start), Start),
        });

        Assert.Equal((string)row["start_time"]!, (string)row["end_time"]!);
        Assert.Null(row["latency"]);
    }

    [EngineFact]
    public async Task Metadata_shows_the_newest_entry_of_each_key_and_of_equal_versions_the_larger_value()
    {
        var states = new List<TraceState>();
        foreach (var (key, time, value) in new[] { ("a", 2L, "new"), ("a", 1L, "old"), ("b", 1L, "x"), ("b", 1L, "y"), ("", 1L, "empty key") })
        {
            var state = new TraceState(TraceKey, Start);
            state.Metadata.Merge(new MetadataEntry(Utf8Text.From(key), Version(Start + time), Utf8Text.From(value)));
            states.Add(state);
        }

        var row = await OnlyAsync("traces", [.. states]);

        Assert.Equal("""{"":"empty key","a":"new","b":"y"}""", row["metadata"]!.ToJsonString());
    }

    [EngineFact]
    public async Task Metadata_of_an_entity_updated_a_thousand_times_is_still_read()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        var batch = new StateBatch();
        for (var update = 0; update < 1_000; update++)
        {
            var state = new TraceState(TraceKey, Start);
            for (var key = 0; key < 10; key++)
            {
                state.Metadata.Merge(new MetadataEntry(Utf8Text.From($"key-{key}"), Version(Start + update), Utf8Text.From($"{update} {new string('x', 100)}")));
            }

            batch.Traces.Add(state);
        }

        await database.InsertAsync(batch);

        var row = Assert.Single(await database.QueryAsync("SELECT metadata FROM traces"));
        var metadata = row["metadata"]!.AsObject();
        Assert.Equal(10, metadata.Count);
        Assert.All(metadata, pair => Assert.StartsWith("999 ", (string)pair.Value!, StringComparison.Ordinal));
    }

    [EngineFact]
    public async Task Tags_are_the_sorted_union_of_all_that_was_ever_said()
    {
        var first = new TraceState(TraceKey, Start);
        first.Tags.UnionWith([Utf8Text.From("b"), Utf8Text.From("a")]);
        var second = new TraceState(TraceKey, Start);
        second.Tags.UnionWith([Utf8Text.From("c"), Utf8Text.From("b")]);

        var row = await OnlyAsync("traces", first, second);

        Assert.Equal("""["a","b","c"]""", row["tags"]!.ToJsonString());
    }

    [EngineFact]
    public async Task An_update_of_metadata_alone_moves_updated_at()
    {
        var state = new TraceState(TraceKey, Start) { Name = Text(Version(Start), "n") };
        state.Metadata.Merge(new MetadataEntry(Utf8Text.From("k"), Version(Start + 7_000_000), Utf8Text.From("v")));

        var row = await OnlyAsync("traces", state);

        Assert.Equal("2025-11-21T00:00:07.000000Z", (string)row["updated_at"]!);
    }

    [EngineFact]
    public async Task Updated_at_is_the_latest_time_and_not_the_most_authoritative_one()
    {
        var row = await OnlyAsync("traces", new TraceState(TraceKey, Start)
        {
            Name = Text(Version(Start + 1_000_000), "by the caller"),
            Input = Text(FieldVersion.LastWins(SourceRank.DerivedFromRoot, Start + 3_000_000, isUpdate: false), "from the root span"),
        });

        Assert.Equal("2025-11-21T00:00:03.000000Z", (string)row["updated_at"]!);
    }

    [EngineFact]
    public async Task An_entity_updated_on_a_later_day_is_one_row_with_the_earliest_creation()
    {
        const long Day = 86_400_000_000;
        var row = await OnlyAsync(
            "scores",
            new ScoreState(ScoreKey, Start + Day) { Value = Register<double>.Of(Version(Start + Day), 0.25) },
            new ScoreState(ScoreKey, Start) { Value = Register<double>.Of(Version(Start), 0.75), Name = Text(Version(Start), "quality") });

        Assert.Equal(("quality", 0.25, "2025-11-21T00:00:00.000000Z"), ((string)row["name"]!, (double)row["value"]!, (string)row["created_at"]!));
    }

    [EngineFact]
    public async Task Filters_through_a_view_see_merged_rows_only()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        await database.ExecuteAsync("SYSTEM STOP MERGES");
        await database.InsertAsync(BatchOf(new TraceState(TraceKey, Start) { Name = Text(Version(Start), "old"), UserId = Text(Version(Start), "u") }));
        await database.InsertAsync(BatchOf(new TraceState(TraceKey, Start) { Name = Text(Version(Start + 1), "new") }));

        Assert.Empty(await database.QueryAsync("SELECT id FROM traces WHERE name = 'old'"));
        Assert.Single(await database.QueryAsync("SELECT id FROM traces WHERE name = 'new' AND user_id = 'u'"));
        Assert.Equal(1, (int)(await database.QueryAsync("SELECT count() AS n FROM traces"))[0]["n"]!);
        await database.ExecuteAsync("SYSTEM START MERGES");
    }

    private static TraceKey TraceKey => new(Project, Utf8Text.From("t"));

    private static ObservationKey ObservationKey => new(Project, Utf8Text.From("t"), Utf8Text.From("o"));

    private static ScoreKey ScoreKey => new(Project, Utf8Text.From("s"));

    private static ulong Version(long micros) => FieldVersion.LastWins(SourceRank.Caller, micros, isUpdate: true);

    private static Register<Utf8Text> Text(ulong version, string value) => Register<Utf8Text>.Of(version, Utf8Text.From(value));

    private static StateBatch BatchOf(object state)
    {
        var batch = new StateBatch();
        switch (state)
        {
            case ObservationState observation:
                batch.Observations.Add(observation);
                break;
            case TraceState trace:
                batch.Traces.Add(trace);
                break;
            default:
                batch.Scores.Add((ScoreState)state);
                break;
        }

        return batch;
    }

    /// <summary>Inserts each state on its own and reads the one row they make.</summary>
    private async Task<JsonObject> OnlyAsync(string view, params object[] states)
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        foreach (var state in states)
        {
            await database.InsertAsync(BatchOf(state));
        }

        return Assert.Single(await database.QueryAsync($"SELECT * FROM {view}"));
    }
}
