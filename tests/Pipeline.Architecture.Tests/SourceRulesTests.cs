using System.Text.RegularExpressions;

namespace Pipeline.Architecture.Tests;

/// <summary>Rules about files that no analyzer checks.</summary>
public sealed partial class SourceRulesTests
{
    // 300 is where a review asks whether a file is two things; tables of test cases may be longer.
    private const int MaxLines = 300;
    private const int MaxTestLines = 500;

    [Fact]
    public void Files_stay_within_the_line_budget()
    {
        var tooLong = Repository.Files("*.cs")
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > (file.Path.StartsWith("tests", StringComparison.Ordinal) ? MaxTestLines : MaxLines))
            .Select(file => $"{file.Path}: {file.Lines}");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Hosts_name_no_adapter()
    {
        var offenders = Repository.Files("*.cs")
            .Where(path => Repository.Relative(path).Split(Path.DirectorySeparatorChar)[0] is "gateway" or "consumers")
            .Where(path => AdapterNamespace().IsMatch(File.ReadAllText(path)))
            .Select(Repository.Relative);

        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_the_kafka_adapter_sees_the_kafka_client()
    {
        var offenders = Repository.Files("*.cs")
            .Where(path => File.ReadAllText(path).Contains("using Confluent.", StringComparison.Ordinal))
            .Select(Repository.Relative)
            .Where(path => !path.Contains("Pipeline.Buffer.Kafka", StringComparison.Ordinal) && !path.StartsWith("tests", StringComparison.Ordinal)
                && !path.StartsWith("loadtests", StringComparison.Ordinal));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Names_avoid_words_that_say_nothing()
    {
        var offenders = Repository.Files("*.cs")
            .Where(path => EmptyWord().IsMatch(Path.GetFileNameWithoutExtension(path)))
            .Select(Repository.Relative);

        Assert.Empty(offenders);
    }

    [GeneratedRegex(@"Pipeline\.(Buffer\.(Kafka|Postgres|Sqs)|Storage\.(ClickHouse|Postgres|Objects|EngineHost))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AdapterNamespace();

    [GeneratedRegex("(Data|Info|Item|Helper|Manager|Util|Utils)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EmptyWord();
}
