using System.CommandLine;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Commands;

/// <summary>The options that choose failed batches, the same with every command that takes them.</summary>
internal static class FailedFilters
{
    private static readonly TimeOption Since = new("--since", "Given up at this time or later.");
    private static readonly TimeOption Until = new("--until", "Given up before this time.");
    private static readonly TimeOption ReceivedSince = new("--received-since", "With something received at this time or later.");
    private static readonly TimeOption ReceivedUntil = new("--received-until", "With something received before this time.");
    private static readonly Option<string[]> Classes = Many<string>("--class", "Class of the failure: poison, permanent.");
    private static readonly Option<int[]> Codes = Many<int>("--code", "The store's error code.");
    private static readonly Option<string[]> Reasons = Many<string>("--reason", "Word of a failure, for example refused_row or invalid_field.");
    private static readonly Option<string[]> WithReasons = Many<string>("--with-reason", "Word of a failure, for example refused_row or invalid_field.");
    private static readonly Option<string[]> Tables = Many<string>("--table", "Table that refused.");
    private static readonly Option<string[]> Projects = Many<string>("--project", "Project id; an empty one for records that cannot be read.");
    private static readonly Option<string[]> Topics = Many<string>("--topic", "Topic that the records were read from.");
    private static readonly Option<string[]> States = Many<string>("--state", "Where the batch stands: waiting, replayed, failed_again, damaged.");

    /// <summary>Adds all options.</summary>
    /// <param name="command">To this.</param>
    /// <param name="hasOwnReason">Whether <c>--reason</c> is why the person acts; the filter is <c>--with-reason</c> then.</param>
    internal static Command WithFilters(this Command command, bool hasOwnReason = false)
    {
        foreach (var time in new[] { Since, Until, ReceivedSince, ReceivedUntil })
        {
            time.AddTo(command);
        }

        foreach (var option in new Option[] { Classes, Codes, hasOwnReason ? WithReasons : Reasons, Tables, Projects, Topics, States })
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>What the options choose.</summary>
    internal static FailedBatchFilter Filter(this ParseResult parsed) => new()
    {
        FailedFrom = Since.ValueOf(parsed),
        FailedTo = Until.ValueOf(parsed),
        ReceivedFrom = ReceivedSince.ValueOf(parsed),
        ReceivedTo = ReceivedUntil.ValueOf(parsed),
        Classes = Words<ErrorClass>(parsed, Classes),
        Codes = parsed.GetValue(Codes) ?? [],
        Reasons = parsed.GetResult(Reasons) is not null ? parsed.GetValue(Reasons) ?? [] : parsed.GetValue(WithReasons) ?? [],
        Tables = parsed.GetValue(Tables) ?? [],
        Projects = parsed.GetValue(Projects) ?? [],
        Topics = parsed.GetValue(Topics) ?? [],
        States = Words<FailedBatchState>(parsed, States),
    };

    /// <summary>Ids as they are typed.</summary>
    internal static IReadOnlyList<Guid> Ids(IEnumerable<string> texts) =>
    [
        .. texts.Select(text => Guid.TryParse(text, out var id) ? id : throw new CliException($"{text} is no id of a failed batch") { ExitCode = ExitCode.Usage }),
    ];

    private static Option<T[]> Many<T>(string name, string description) => new(name) { Description = $"{description} May be repeated.", DefaultValueFactory = _ => [] };

    private static T[] Words<T>(ParseResult parsed, Option<string[]> option)
        where T : struct, Enum
    {
        try
        {
            return [.. (parsed.GetValue(option) ?? []).Select(Storage.Postgres.Words.Parse<T>)];
        }
        catch (FormatException wrong)
        {
            throw new CliException($"{option.Name}: {wrong.Message}", wrong) { ExitCode = ExitCode.Usage };
        }
    }
}
