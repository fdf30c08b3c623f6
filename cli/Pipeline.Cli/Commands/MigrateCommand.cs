using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline migrate</c>.</summary>
internal static class MigrateCommand
{
    private static readonly Option<bool> Plan = new("--plan") { Description = "Print what would be applied, and apply nothing." };

    internal static Command Create()
    {
        var command = new Command("migrate", "Bring the schemas of Postgres and ClickHouse forward.");
        command.Options.Add(Plan);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var isPlan = parsed.GetValue(Plan);
        var postgres = isPlan
            ? [.. (await adapters.PostgresMigrations.PlanAsync(cancellationToken)).Select(migration => migration.Name)]
            : await adapters.PostgresMigrations.ApplyAsync(cancellationToken);
        var clickHouse = isPlan
            ? [.. (await adapters.ClickHouseMigrations.PlanAsync(cancellationToken)).Select(migration => migration.Name)]
            : await adapters.ClickHouseMigrations.ApplyAsync(cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new { Applied = !isPlan, Postgres = postgres, ClickHouse = clickHouse });
            return ExitCode.Ok;
        }

        foreach (var (store, names) in new[] { ("postgres", postgres), ("clickhouse", clickHouse) })
        {
            Console.WriteLine(names.Count == 0 ? $"{store}: up to date" : $"{store}: {(isPlan ? "would apply" : "applied")} {string.Join(", ", names)}");
        }

        return ExitCode.Ok;
    }
}
