using System.Runtime.CompilerServices;
using Npgsql;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Postgres;

/// <summary>The log of the embedded tier: gapless offsets, group commit, and consumer groups with leases, in Postgres tables.</summary>
/// <remarks>Everything durable is in Postgres; any process, Postgres included, may be killed at any time.</remarks>
public sealed class PostgresEventLog : IEventLog, IEventLogAdmin, IEventLogExpiry, IEventLogTroubles
{
    // For the commands of people and of readiness; a server that hangs is then a server that is away.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly PostgresLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lazy<PostgresAppender> _appender;
    private int _partitionCount;
    private volatile Action<string, string> _reportTrouble = (_, _) => { };
    private volatile Action<string, OffsetJump> _reportJump = (_, _) => { };

    /// <summary>Creates the log; nothing is sent yet. The caller keeps the data source.</summary>
    public PostgresEventLog(NpgsqlDataSource source, PostgresLogOptions options, TimeProvider clock)
    {
        _source = source;
        _options = options;
        _clock = clock;
        _appender = new Lazy<PostgresAppender>(() => new PostgresAppender(source, options, clock));
    }

    /// <inheritdoc />
    public string Topic => _options.Topic;

    /// <inheritdoc />
    public int PartitionCount => _partitionCount > 0 ? _partitionCount : throw new InvalidOperationException("the log is not open");

    /// <inheritdoc />
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _partitionCount = await CountPartitionsAsync(Topic, cancellationToken);
        if (_partitionCount == 0)
        {
            throw new EventLogUnavailableException($"topic {Topic} does not exist in the log; `pipeline topics create` makes it");
        }
    }

    /// <inheritdoc />
    public ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, PartitionCount);
        return _appender.Value.AppendAsync(new PendingAppend(partition, key, headers, value), cancellationToken);
    }

    /// <inheritdoc />
    public IEventLogReader Join(ReaderOptions options) =>
        new PostgresLogReader(
        new LeaseTable(_source, _options, options), options, _options, _clock, reason => _reportTrouble(options.MemberId, reason), jump => _reportJump(options.MemberId, jump));

    /// <inheritdoc />
    public void ReportTroublesTo(Action<string, string> report) => _reportTrouble = report;

    /// <inheritdoc />
    public void ReportJumpsTo(Action<string, OffsetJump> report) => _reportJump = report;

    /// <inheritdoc />
    /// <remarks>The retention deletes only what every group has committed.</remarks>
    public ValueTask<RecordLifetime> ReadLifetimeAsync(CancellationToken cancellationToken) => ValueTask.FromResult(RecordLifetime.Unlimited);

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<int, DateTimeOffset>> ReadAppendTimesAsync(IReadOnlyCollection<PartitionOffset> offsets, CancellationToken cancellationToken) =>
        await OrUnavailableAsync(() => new RecordTable(_source, Topic, ReadTimeout).ReadAppendTimesAsync(offsets, cancellationToken));

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<PartitionPosition>> ReadPositionsAsync(string group, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(
            """
            SELECT p.partition, p.first_offset, p.next_offset, l.committed_offset
            FROM log_partitions p
            LEFT JOIN log_leases l ON l.topic = p.topic AND l.partition = p.partition AND l.consumer_group = $2
            WHERE p.topic = $1 ORDER BY p.partition
            """);
        command.CommandTimeout = PostgresTimeout.SecondsOf(ReadTimeout);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Topic });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
        return await OrUnavailableAsync(async () =>
        {
            var positions = new List<PartitionPosition>();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                positions.Add(new PartitionPosition(rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2), rows.IsDBNull(3) ? null : rows.GetInt64(3)));
            }

            return positions;
        });
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<BufferedRecord> ReadRangeAsync(
        int partition,
        long fromOffset,
        long toOffset,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PageBytes = 4 * 1024 * 1024;
        var table = new RecordTable(_source, Topic, ReadTimeout);
        while (fromOffset < toOffset)
        {
            var page = await OrUnavailableAsync(() => table.ReadAsync(partition, fromOffset, PageBytes, cancellationToken));
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var record in page)
            {
                if (record.Offset >= toOffset)
                {
                    yield break;
                }

                yield return record;
            }

            fromOffset = page[^1].Offset + 1;
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A standby answers questions too.
            await using var command = _source.CreateCommand(
                """
                SELECT EXISTS (SELECT FROM log_partitions WHERE topic = $1) AND NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::bool
                """);
            command.CommandTimeout = PostgresTimeout.SecondsOf(ReachTimeout);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Topic });
            return await OrUnavailableAsync(async () => (bool)(await command.ExecuteScalarAsync(cancellationToken))!);
        }
        catch (EventLogUnavailableException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> EnsureTopicAsync(TopicSpec spec, CancellationToken cancellationToken)
    {
        // Of two creators at once, the second finds the partitions of the first, all of them.
        var insert = new NpgsqlBatchCommand(
            "INSERT INTO log_partitions (topic, partition) SELECT $1, generate_series(0, $2 - 1) WHERE NOT EXISTS (SELECT FROM log_partitions WHERE topic = $1)");
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = spec.Name });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = spec.Partitions });
        await using var batch = _source.CreateBatch();
        batch.BatchCommands.Add(TopicLock.ExclusiveCommand(spec.Name));
        batch.BatchCommands.Add(insert);
        await OrUnavailableAsync(() => batch.ExecuteNonQueryAsync(cancellationToken));
        return insert.RecordsAffected > 0;
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<TopicFinding>> CheckTopicAsync(TopicSpec spec, CancellationToken cancellationToken)
    {
        var partitions = await CountPartitionsAsync(spec.Name, cancellationToken);
        return partitions == 0
            ? [new TopicFinding(TopicFindingSeverity.Error, "topic", $"topic {spec.Name} does not exist; `pipeline topics create` makes it")]
            : partitions < spec.Partitions
                ? [new TopicFinding(TopicFindingSeverity.Error, "partitions", $"topic {spec.Name} has {partitions} partitions, expected {spec.Partitions}")]
                : [];
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _appender.IsValueCreated ? _appender.Value.DisposeAsync() : ValueTask.CompletedTask;

    private async Task<int> CountPartitionsAsync(string topic, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT count(*)::int FROM log_partitions WHERE topic = $1");
        command.CommandTimeout = PostgresTimeout.SecondsOf(ReachTimeout);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        return await OrUnavailableAsync(async () => (int)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    private static async Task<T> OrUnavailableAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception fault) when (PostgresFault.IsUnavailable(fault))
        {
            var hint = PostgresFault.IsUnprepared(fault) ? "; `pipeline migrate` prepares it" : "";
            throw new EventLogUnavailableException($"the log in Postgres cannot be used: {fault.Message}{hint}", fault);
        }
    }
}
