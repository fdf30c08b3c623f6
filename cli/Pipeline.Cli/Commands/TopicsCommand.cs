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
        var command = new Command("topics", "Create and check the topic of the log (PIPELINE_TOPIC, PIPELINE_PARTITIONS, PIPELINE_REPLICATION_FACTOR).");
        command.Subcommands.Add(new Command("create", "Create the topic unless it exists.").Runs(CreateTopicAsync));
        command.Subcommands.Add(new Command("check", "Compare the topic with what the pipeline needs; exits with 1 when it would not work.").Runs(CheckAsync));
        return command;
    }

    private static async Task<int> CreateTopicAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var isCreated = await adapters.LogAdmin.EnsureTopicAsync(adapters.TopicSpec, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new { Topic = adapters.TopicSpec.Name, Created = isCreated });
        }
        else
        {
            Console.WriteLine($"{adapters.TopicSpec.Name}: {(isCreated ? "created" : "exists")}");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var findings = await adapters.LogAdmin.CheckTopicAsync(adapters.TopicSpec, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new { Topic = adapters.TopicSpec.Name, Findings = findings.Select(finding => new { Severity = finding.Severity.ToString(), finding.Setting, finding.Message }) });
        }
        else
        {
            Console.WriteLine(findings.Count == 0 ? $"{adapters.TopicSpec.Name}: as it should be" : string.Join('\n', findings.Select(finding => $"{finding.Severity}: {finding.Message}")));
        }

        return findings.Any(finding => finding.Severity == TopicFindingSeverity.Error) ? ExitCode.Failed : ExitCode.Ok;
    }
}
