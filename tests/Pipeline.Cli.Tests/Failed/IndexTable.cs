using Npgsql;

namespace Pipeline.Cli.Tests.Failed;

/// <summary>Every column of every row of the index, as text.</summary>
internal static class IndexTable
{
    internal static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT row::text FROM failed_batches AS row ORDER BY folder");
        var lines = new List<string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            lines.Add(rows.GetString(0));
        }

        return lines;
    }

    internal static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
