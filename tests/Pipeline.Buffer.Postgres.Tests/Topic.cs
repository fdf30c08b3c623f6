using Npgsql;

namespace Pipeline.Buffer.Postgres.Tests;

/// <summary>A topic of its own for one test.</summary>
internal sealed class Topic(NpgsqlDataSource source)
{
    internal string Name { get; } = $"topic-{Guid.CreateVersion7():N}";

    internal PostgresLogOptions Options => new() { Topic = Name, LeaseDuration = TimeSpan.FromSeconds(1) };

    internal async Task CreateAsync(int partitions)
    {
        await using var log = new PostgresEventLog(source, Options, TimeProvider.System);
        Assert.True(await log.EnsureTopicAsync(new TopicSpec(Name, partitions), CancellationToken.None));
    }

    internal async Task<PostgresEventLog> OpenAsync(PostgresLogOptions? options = null)
    {
        var log = new PostgresEventLog(source, options ?? Options, TimeProvider.System);
        await log.OpenAsync(CancellationToken.None);
        return log;
    }

    internal static async Task<List<BufferedRecord>> ReadAllAsync(IEventLog log, int partition)
    {
        var records = new List<BufferedRecord>();
        await foreach (var record in log.ReadRangeAsync(partition, 0, long.MaxValue, CancellationToken.None))
        {
            records.Add(record);
        }

        return records;
    }
}
