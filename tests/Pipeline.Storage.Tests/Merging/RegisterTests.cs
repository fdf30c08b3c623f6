using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.Tests.Merging;

public sealed class RegisterTests
{
    private const long Noon = 1_795_168_800_000_000;

    [Fact]
    public void An_absent_field_never_wins()
    {
        var set = Register<long>.Of(FieldVersion.LastWins(SourceRank.Shallow, UnixMicros.MinSupported, isUpdate: false), 1);

        Assert.Equal(set, Register<long>.Max(default, set));
    }

    [Fact]
    public void A_later_null_overwrites_a_value()
    {
        var value = Register<long>.Of(FieldVersion.LastWins(SourceRank.Caller, Noon, isUpdate: false), 1);
        var cleared = Register<long>.Null(FieldVersion.LastWins(SourceRank.Caller, Noon + 1, isUpdate: false));

        Assert.Equal(cleared, Register<long>.Max(value, cleared));
    }

    [Fact]
    public void At_the_same_version_a_value_beats_a_null_and_the_larger_value_wins()
    {
        var version = FieldVersion.LastWins(SourceRank.Caller, Noon, isUpdate: false);

        Assert.True(Register<long>.Max(Register<long>.Null(version), Register<long>.Of(version, -5)).HasValue);
        Assert.Equal(2, Register<long>.Max(Register<long>.Of(version, 2), Register<long>.Of(version, 1)).Value);
    }

    [Fact]
    public void A_higher_rank_beats_any_time() => Assert.True(
        FieldVersion.LastWins(SourceRank.Caller, Noon, isUpdate: false) > FieldVersion.LastWins(SourceRank.DerivedFromRoot, Noon + 1_000_000_000, isUpdate: true));

    [Fact]
    public void At_the_same_time_an_update_beats_a_create() => Assert.True(
        FieldVersion.LastWins(SourceRank.Caller, Noon, isUpdate: true) > FieldVersion.LastWins(SourceRank.Caller, Noon, isUpdate: false));

    [Fact]
    public void The_first_writer_wins_where_that_is_the_rule() => Assert.True(
        FieldVersion.FirstWins(SourceRank.Caller, Noon) > FieldVersion.FirstWins(SourceRank.Caller, Noon + 1)
        && FieldVersion.FirstWins(SourceRank.Caller, Noon + 1) > FieldVersion.FirstWins(SourceRank.Shallow, Noon));

    [Fact]
    public void A_clock_that_runs_ahead_is_clamped_to_five_minutes_after_receipt()
    {
        Assert.Equal(Noon + (5 * UnixMicros.PerMinute), FieldVersion.Clamp(Noon + 86_400_000_000, Noon));
        Assert.Equal(Noon - 1, FieldVersion.Clamp(Noon - 1, Noon));
    }

    [Fact]
    public void Maps_are_ordered_element_by_element_as_the_engine_orders_arrays()
    {
        var larger = UsageMap.From([new(Utf8Text.From("a"), 2)]);
        var longer = UsageMap.From([new(Utf8Text.From("a"), 1), new(Utf8Text.From("b"), 9)]);

        Assert.True(larger.CompareTo(longer) > 0);
        Assert.True(UsageMap.From([]).CompareTo(longer) < 0);
    }

    [Fact]
    public void Metadata_keeps_the_newest_entry_of_each_of_many_keys()
    {
        var metadata = new MetadataEntries();
        for (ulong version = 1; version <= 3; version++)
        {
            for (var key = 0; key < 100; key++)
            {
                metadata.Merge(new MetadataEntry(Utf8Text.From($"key {key}"), version, Utf8Text.From($"value {version}")));
            }
        }

        Assert.Equal(100, metadata.Count);
        Assert.All(metadata.Entries, entry => Assert.Equal("value 3", entry.Value.ToString()));
    }
}
