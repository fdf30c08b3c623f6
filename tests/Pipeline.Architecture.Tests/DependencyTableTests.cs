namespace Pipeline.Architecture.Tests;

/// <summary>The dependency table of ARCHITECTURE.md, as a machine checks it.</summary>
public sealed class DependencyTableTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Pipeline.Schemas"] = [],
        ["Pipeline.ServiceDefaults"] = [],
        ["Pipeline.Buffer"] = ["Pipeline.Schemas"],
        ["Pipeline.Buffer.Kafka"] = ["Pipeline.Buffer", "Pipeline.Schemas"],
        ["Pipeline.Buffer.Postgres"] = ["Pipeline.Buffer", "Pipeline.Schemas"],
        ["Pipeline.Storage"] = ["Pipeline.Schemas"],
        ["Pipeline.Storage.ClickHouse"] = ["Pipeline.Storage", "Pipeline.Schemas"],
        ["Pipeline.Storage.Postgres"] = ["Pipeline.Storage", "Pipeline.Schemas"],
        ["Pipeline.Storage.Objects"] = ["Pipeline.Storage", "Pipeline.Schemas"],
        ["Pipeline.Storage.EngineHost"] = [],
        ["Pipeline.Gateway"] = ["Pipeline.Schemas", "Pipeline.Buffer", "Pipeline.Storage", "Pipeline.ServiceDefaults"],
        ["Pipeline.Replay"] = ["Pipeline.Schemas", "Pipeline.Buffer", "Pipeline.Storage", "Pipeline.Consumers"],
        ["Pipeline.Consumers"] = ["Pipeline.Schemas", "Pipeline.Buffer", "Pipeline.Storage", "Pipeline.ServiceDefaults"],
    };

    // The composition root names every adapter; benchmarks measure any library; tests may use all.
    private static readonly string[] Free = ["Pipeline.Cli", "Pipeline.Benchmarks", "Pipeline.Testing"];

    public static TheoryData<string> Projects() => [.. Repository.ProjectReferences().Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        if (Free.Contains(project) || project.EndsWith(".Tests", StringComparison.Ordinal))
        {
            return;
        }

        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} is missing from the dependency table");
        Assert.Empty(Repository.ProjectReferences()[project].Except(allowed!));
    }

    [Fact]
    public void Nothing_but_tests_and_benchmarks_references_tests_benchmarks_or_the_command_line()
    {
        var references = Repository.ProjectReferences()
            .Where(project => !project.Key.EndsWith(".Tests", StringComparison.Ordinal) && project.Key != "Pipeline.Benchmarks")
            .SelectMany(project => project.Value, (project, reference) => (project.Key, reference));

        Assert.DoesNotContain(references, pair => Free.Contains(pair.reference) || pair.reference.EndsWith(".Tests", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Pipeline.sln"));

        Assert.All(Repository.ProjectReferences().Keys, project => Assert.Contains($"{project}.csproj", solution, StringComparison.Ordinal));
    }
}
