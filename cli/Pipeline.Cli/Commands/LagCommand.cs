using System.CommandLine;
using System.Globalization;
using Pipeline.Buffer.Expiry;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Consumers;
using Pipeline.Schemas;
using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline lag</c>.</summary>
internal static class LagCommand
{
    private static readonly Option<string?> Group = new("--group") { Description = "Consumer group; the writer's by default." };

    internal static Command Create()
    {
        var command = new Command(
            "lag",
            "Say how far a group is behind in each partition, and how long what it has not read is safe; exits with 3 when records expired unread.");
        command.Options.Add(Group);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = parsed.Settings();
        await using var adapters = new Adapters(settings);
        var group = parsed.GetValue(Group) ?? adapters.WriterGroup;
        await adapters.Log.OpenAsync(cancellationToken);
        var positions = await adapters.Log.ReadPositionsAsync(group, cancellationToken);
        var backlogs = await BacklogReader.ReadAsync(adapters.Log, positions, TimeProvider.System, cancellationToken);
        var retention = WriterOptions.From(settings.Section("Writer")).FailedRetention;
        var (failedAt, unknown) = await OldestFailedAsync(adapters, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new
            {
                adapters.Log.Topic,
                Group = group,
                Lag = backlogs.Sum(backlog => backlog.Position.Lag),
                ExpiredUnread = backlogs.Sum(backlog => backlog.Position.ExpiredUnread),
                OldestFailedBatchAt = failedAt,
                FailedBatchesUnknown = unknown,
                FailedBatchesExpireAt = retention > TimeSpan.Zero ? failedAt + retention : null,
                Partitions = backlogs.Select(backlog => new
                {
                    backlog.Position.Partition,
                    backlog.Position.FirstOffset,
                    backlog.Position.CommittedOffset,
                    backlog.Position.EndOffset,
                    backlog.Position.Lag,
                    LagSeconds = backlog.Age?.TotalSeconds,
                    backlog.OldestUnreadAt,
                    backlog.Position.ExpiredUnread,
                    LossCountdown = LagText.KindOf(backlog.Countdown),
                    LossCountdownSeconds = backlog.Countdown.Left?.TotalSeconds,
                    LossCountdownReason = backlog.Countdown.Reason,
                }),
            });
        }
        else
        {
            Write(backlogs);
            Console.WriteLine($"{adapters.Log.Topic}, group {group}: {LagText.SummaryOf(backlogs)}");
            if (unknown is not null)
            {
                Console.WriteLine($"whether failed batches wait is unknown: {unknown}");
            }

            if (failedAt is { } oldest)
            {
                Console.WriteLine($"failed batches wait for their replay since {oldest:u}; {(retention > TimeSpan.Zero ? $"the object store deletes the first at {oldest + retention:u}" : "no lifecycle is configured (Writer:FailedRetention)")}");
            }
        }

        return backlogs.Any(backlog => backlog.Position.ExpiredUnread > 0) ? ExitCode.Gap : ExitCode.Ok;
    }

    // The lag is asked for when something is away, and that may be the object store.
    private static async Task<(DateTimeOffset? FailedAt, string? Unknown)> OldestFailedAsync(Adapters adapters, CancellationToken cancellationToken)
    {
        try
        {
            return (await WaitingBatches.FindOldestAsync(adapters.Failures, cancellationToken), null);
        }
        catch (ObjectStoreException away)
        {
            return (null, away.Message);
        }
    }

    private static void Write(IReadOnlyList<PartitionBacklog> backlogs)
    {
        var table = new Table().AddColumns("partition", "first", "committed", "end", "lag", "lag seconds", "expired unread", "lost in");
        foreach (var backlog in backlogs)
        {
            var position = backlog.Position;
            table.AddRow(
                Number(position.Partition), Number(position.FirstOffset), position.CommittedOffset is { } committed ? Number(committed) : "never", Number(position.EndOffset),
                Number(position.Lag), backlog.Age is { } age ? age.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) : "unknown",
                Number(position.ExpiredUnread), Markup.Escape(LagText.Of(backlog.Countdown)));
        }

        AnsiConsole.Write(table);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
