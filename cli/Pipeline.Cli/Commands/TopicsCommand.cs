using System.CommandLine;
using Pipeline.Buffer;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline topics create|check</c>.</summary>
internal static class TopicsCommand
{
    internal static Command Create()
    {
        var command = new Command("topics", "Create and check the topics of the log, for live and for replayed records (PIPELINE_TOPIC, PIPELINE_PARTITIONS, PIPELINE_REPLICATION_FACTOR).");
        command.Subcommands.Add(new Command("create", "Create the topics unless they exist.").Runs(CreateTopicsAsync));
        command.Subcommands.Add(new Command("check", "Compare the topics with what the pipeline needs; exits with 1 when it would not work.").Runs(CheckAsync));
        return command;
    }

    private static async Task<int> CreateTopicsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var created = new List<(string Topic, bool IsCreated)>();
        foreach (var (admin, spec) in adapters.Topics)
        {
            created.Add((spec.Name, await admin.EnsureTopicAsync(spec, cancellationToken)));
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(created.Select(topic => new { topic.Topic, Created = topic.IsCreated }));
        }
        else
        {
            created.ForEach(topic => Console.WriteLine($"{topic.Topic}: {(topic.IsCreated ? "created" : "exists")}"));
        }

        return ExitCode.Ok;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var found = new List<(string Topic, IReadOnlyList<TopicFinding> Findings)>();
        foreach (var (admin, spec) in adapters.Topics)
        {
            found.Add((spec.Name, await admin.CheckTopicAsync(spec, cancellationToken)));
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(found.Select(topic => new { topic.Topic, Findings = topic.Findings.Select(finding => new { Severity = finding.Severity.ToString(), finding.Setting, finding.Message }) }));
        }
        else
        {
            found.ForEach(topic => Console.WriteLine(topic.Findings.Count == 0
                ? $"{topic.Topic}: as it should be"
                : string.Join('\n', topic.Findings.Select(finding => $"{topic.Topic}: {finding.Severity}: {finding.Message}"))));
        }

        return found.SelectMany(topic => topic.Findings).Any(finding => finding.Severity == TopicFindingSeverity.Error) ? ExitCode.Failed : ExitCode.Ok;
    }
}
