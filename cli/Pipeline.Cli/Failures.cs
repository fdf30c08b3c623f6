using Microsoft.Extensions.Options;
using Npgsql;
using Pipeline.Buffer;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.ClickHouse;
using Pipeline.Storage.Keys;
using Pipeline.Storage.Migrations;
using Pipeline.Storage.ObjectStores;
using Pipeline.Storage.Postgres.Embedded;
using Pipeline.Storage.Postgres.Migrations;

namespace Pipeline.Cli;

/// <summary>Which exceptions are answers to a person, and with which exit code; every other one is a fault and shows its stack trace.</summary>
internal static class Failures
{
    internal static bool TryDescribe(Exception failure, out string message, out int exitCode)
    {
        (message, exitCode) = failure switch
        {
            CliException cli => (cli.Message, cli.ExitCode),
            OptionsValidationException options => (string.Join("; ", options.Failures), ExitCode.Usage),
            EventLogUnavailableException or ApiKeySourceUnavailableException => (failure.Message, ExitCode.Unavailable),
            ClickHouseException { Code: 0 } clickHouse => ($"ClickHouse does not answer: {clickHouse.Message}", ExitCode.Unavailable),
            ClickHouseException clickHouse => (clickHouse.Message, ExitCode.Failed),
            ObjectStoreException { Class: ErrorClass.Transient or ErrorClass.Overload } => ($"the object store does not answer: {failure.Message}", ExitCode.Unavailable),
            ObjectStoreException => ($"the object store refuses: {failure.Message}", ExitCode.Failed),
            PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } postgres => ($"{postgres.MessageText}: run `pipeline migrate`, or `pipeline failed rebuild-index` if the index of failed batches was lost", ExitCode.Failed),
            PostgresException postgres => ($"Postgres refused: {postgres.MessageText}", ExitCode.Failed),
            NpgsqlException postgres => ($"Postgres does not answer: {postgres.Message}", ExitCode.Unavailable),
            MigrationException or PostgresStartException => (failure.Message, ExitCode.Failed),
            OperationCanceledException => ("interrupted", ExitCode.Failed),
            _ => ("", -1),
        };
        return exitCode >= 0;
    }
}
