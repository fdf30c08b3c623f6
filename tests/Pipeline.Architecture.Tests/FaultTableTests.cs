using System.Text.RegularExpressions;

namespace Pipeline.Architecture.Tests;

/// <summary>The table of faults names tests that exist, for every scenario.</summary>
public sealed partial class FaultTableTests
{
    private const int Scenarios = 25;

    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "faults.md"));

    [Fact]
    public void Every_scenario_has_one_row() =>
        Assert.Equal(Enumerable.Range(1, Scenarios), Row().Matches(Text).Select(row => int.Parse(row.Groups["number"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Concat(group.Select(File.ReadAllText)), StringComparer.Ordinal);

        Assert.All(TestName().Matches(Text), name =>
        {
            Assert.True(files.TryGetValue(name.Groups["class"].Value, out var source), $"there is no {name.Groups["class"].Value}");
            Assert.Contains(name.Groups["test"].Value, source, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    // `ClassTests`, or `ClassTests.The_first_words…` of a test.
    [GeneratedRegex(@"`(?<class>\w+Tests)(\.(?<test>\w+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();
}
