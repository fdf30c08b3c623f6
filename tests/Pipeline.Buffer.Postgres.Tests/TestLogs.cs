using Npgsql;

namespace Pipeline.Buffer.Postgres.Tests;

/// <summary>Opens a log on a topic of its own database.</summary>
internal static class TestLogs
{
    internal static async Task<PostgresEventLog> OpenAsync(NpgsqlDataSource source, int partitions)
    {
        var log = new PostgresEventLog(source, new PostgresLogOptions { Topic = "test", LeaseDuration = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        await log.EnsureTopicAsync(new TopicSpec("test", partitions), CancellationToken.None);
        await log.OpenAsync(CancellationToken.None);
        return log;
    }
}
