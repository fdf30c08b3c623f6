using Pipeline.Storage.Migrations;

namespace Pipeline.Storage.Tests.Migrations;

public sealed class MigrationOrderRuleTests
{
    private static readonly Migration First = new("0001_first.sql", "one");
    private static readonly Migration Second = new("0002_second.sql", "two");
    private static readonly Migration Third = new("0003_third.sql", "three");

    [Fact]
    public void What_is_not_applied_is_pending_in_order()
    {
        Assert.Equal([First, Second], MigrationOrderRule.Pending([First, Second], Applied()));
        Assert.Equal([Second, Third], MigrationOrderRule.Pending([First, Second, Third], Applied(First)));
        Assert.Empty(MigrationOrderRule.Pending([First], Applied(First)));
    }

    [Fact]
    public void A_file_that_was_changed_after_it_was_applied_is_refused() =>
        AssertRefused("0001_first.sql was changed", [First with { Text = "other" }], Applied(First));

    [Fact]
    public void A_database_of_a_newer_build_is_refused() => AssertRefused("migration 0002_second.sql, which this build does not know", [First], Applied(First, Second));

    [Fact]
    public void A_file_before_one_that_was_applied_is_refused() =>
        AssertRefused("0002_second.sql is not applied, but later ones are", [First, Second, Third], Applied(First, Third));

    [Theory]
    [InlineData("0002_late.sql")]
    [InlineData("1_short.sql")]
    [InlineData("0001_no_ending")]
    public void A_file_whose_name_does_not_say_its_place_is_refused(string name) => AssertRefused("is in place 1", [new Migration(name, "")], Applied());

    private static Dictionary<string, string> Applied(params Migration[] files) => files.ToDictionary(file => file.Name, file => file.Checksum, StringComparer.Ordinal);

    private static void AssertRefused(string reason, Migration[] files, Dictionary<string, string> applied) =>
        Assert.Contains(reason, Assert.Throws<MigrationException>(() => MigrationOrderRule.Pending(files, applied)).Message, StringComparison.Ordinal);
}
