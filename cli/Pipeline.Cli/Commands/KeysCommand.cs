using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Storage.Postgres.Keys;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline keys create|list|revoke</c>.</summary>
internal static class KeysCommand
{
    private static readonly Option<string> Organization = new("--organization") { Description = "Name of the organisation; created when missing.", DefaultValueFactory = _ => "default" };
    private static readonly Option<string> Project = new("--project") { Description = "Name of the project; created when missing.", DefaultValueFactory = _ => "default" };
    private static readonly Option<string> Note = new("--note") { Description = "What the key is for.", DefaultValueFactory = _ => "" };
    private static readonly Option<DateTimeOffset?> Expires = new("--expires") { Description = "When the key expires, ISO 8601; never by default." };
    private static readonly Option<string?> PresetPublicKey = new("--public-key") { Description = "Import this public key; its secret is read from the environment variable LANGFUSE_SECRET_KEY." };
    private static readonly Argument<string> PublicKey = new("PUBLIC_KEY") { Description = "The key to revoke." };

    internal static Command Create()
    {
        var command = new Command("keys", "Create, list and revoke API keys.");
        var create = new Command("create", "Create a key. The secret is printed once and never stored.");
        foreach (var option in new Option[] { Organization, Project, Note, Expires, PresetPublicKey })
        {
            create.Options.Add(option);
        }

        var revoke = new Command("revoke", "Revoke a key; gateways refuse it within 30 s.");
        revoke.Arguments.Add(PublicKey);
        command.Subcommands.Add(create.Runs(CreateKeyAsync));
        command.Subcommands.Add(new Command("list", "List all keys.").Runs(ListAsync));
        command.Subcommands.Add(revoke.Runs(RevokeAsync));
        return command;
    }

    private static async Task<int> CreateKeyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        (string, string)? preset = null;
        if (parsed.GetValue(PresetPublicKey) is { Length: > 0 } publicKey)
        {
            preset = (publicKey, Environment.GetEnvironmentVariable("LANGFUSE_SECRET_KEY") is { Length: > 0 } secret
                ? secret
                : throw new CliException("--public-key needs the secret in the environment variable LANGFUSE_SECRET_KEY") { ExitCode = ExitCode.Usage });
        }

        var key = await adapters.Keys.CreateAsync(
            parsed.GetValue(Organization)!, parsed.GetValue(Project)!, parsed.GetValue(Note)!, parsed.GetValue(Expires), preset, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(key);
        }
        else
        {
            Console.WriteLine($"LANGFUSE_PUBLIC_KEY={key.PublicKey}\nLANGFUSE_SECRET_KEY={key.SecretKey}");
            await Console.Error.WriteLineAsync($"project {key.ProjectId}; the secret is not shown again");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var keys = await adapters.Keys.ListAsync(cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(keys);
            return ExitCode.Ok;
        }

        var table = new Table().AddColumns("public key", "secret", "organisation", "project", "note", "state");
        foreach (var key in keys)
        {
            table.AddRow(Cells(key));
        }

        AnsiConsole.Write(table);
        return ExitCode.Ok;
    }

    private static string[] Cells(ApiKeyListing key) =>
    [
        .. new[]
        {
            key.PublicKey,
            key.DisplaySecretKey,
            key.OrganizationName,
            key.ProjectName,
            key.Note,
            key.RevokedAt is { } revoked ? $"revoked {revoked:u}" : key.ExpiresAt is { } expires ? $"expires {expires:u}" : "active",
        }.Select(Markup.Escape),
    ];

    private static async Task<int> RevokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var publicKey = parsed.GetValue(PublicKey)!;
        if (!await adapters.Keys.RevokeAsync(publicKey, cancellationToken))
        {
            throw new CliException($"there is no active key {publicKey}") { ExitCode = ExitCode.NotFound };
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new { PublicKey = publicKey, Revoked = true });
        }
        else
        {
            Console.WriteLine($"{publicKey}: revoked");
        }

        return ExitCode.Ok;
    }
}
