using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Buffer.Postgres;

/// <summary>Writes appends in groups: whatever arrived while one transaction committed goes into the next.</summary>
/// <remarks>
/// There is no linger: an idle log writes a single record at once, a busy one shares each fsync among many. The queue is bounded in bytes; a
/// full one answers Busy. A transaction whose outcome is unknown answers Unavailable: its records may be in the log, and a repeat is harmless.
/// </remarks>
internal sealed class PostgresAppender : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgresLogOptions _options;
    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private long _queuedBytes;

    internal PostgresAppender(NpgsqlDataSource source, PostgresLogOptions options)
    {
        _source = source;
        _options = options;
        _loop = Task.Run(RunAsync);
    }

    internal ValueTask<AppendResult> AppendAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        if (append.Value.Length > _options.MaxRecordBytes)
        {
            return ValueTask.FromResult(AppendResult.Failed(
                AppendOutcome.TooLarge, append.Partition, $"{append.Value.Length} bytes, MaxRecordBytes is {_options.MaxRecordBytes}"));
        }

        if (Interlocked.Add(ref _queuedBytes, append.Value.Length) > _options.MaxQueuedBytes)
        {
            Interlocked.Add(ref _queuedBytes, -append.Value.Length);
            return ValueTask.FromResult(AppendResult.Failed(AppendOutcome.Busy, append.Partition, $"MaxQueuedBytes ({_options.MaxQueuedBytes}) are waiting"));
        }

        if (!_queue.Writer.TryWrite(append))
        {
            Interlocked.Add(ref _queuedBytes, -append.Value.Length);
            return ValueTask.FromResult(AppendResult.Failed(AppendOutcome.Unavailable, append.Partition, "the log is closed"));
        }

        return new ValueTask<AppendResult>(append.Task.WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var group = new List<PendingAppend>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            var bytes = 0;
            while (bytes < _options.MaxTransactionBytes && _queue.Reader.TryRead(out var append))
            {
                group.Add(append);
                bytes += append.Value.Length;
            }

            var failure = await TryWriteAsync(group);
            Interlocked.Add(ref _queuedBytes, -bytes);
            foreach (var append in group)
            {
                if (failure is null)
                {
                    append.Complete();
                }
                else
                {
                    append.Fail(failure);
                }
            }
        }
    }

    private async Task<string?> TryWriteAsync(List<PendingAppend> group)
    {
        using var deadline = new CancellationTokenSource(_options.WriteTimeout);
        try
        {
            await WriteAsync(group, deadline.Token);
            return null;
        }
        catch (Exception fault)
        {
            // Whatever it is, it is the answer to these appends; a loop that ended here would leave all later ones without any.
            return fault.Message;
        }
    }

    private async Task WriteAsync(List<PendingAppend> group, CancellationToken cancellationToken)
    {
        var partitions = group.Select(append => append.Partition).Distinct().ToArray();
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var next = await LockAsync(connection, partitions, cancellationToken);
        foreach (var append in group)
        {
            append.Offset = next[append.Partition]++;
        }

        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(InsertOf(group));
            batch.BatchCommands.Add(AdvanceOf(partitions, next));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Dictionary<int, long>> LockAsync(NpgsqlConnection connection, int[] partitions, CancellationToken cancellationToken)
    {
        // The order of locks is the order of partitions, in every process: two groups never wait for each other.
        await using var command = new NpgsqlCommand(
            "SELECT partition, next_offset FROM log_partitions WHERE topic = $1 AND partition = ANY($2) ORDER BY partition FOR UPDATE",
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Topic });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = partitions });
        var next = new Dictionary<int, long>(partitions.Length);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            next.Add(rows.GetInt32(0), rows.GetInt64(1));
        }

        return next;
    }

    private NpgsqlBatchCommand InsertOf(List<PendingAppend> group)
    {
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO log_records (topic, partition, "offset", key, schema_version, trace_parent, value)
            SELECT $1, p, o, k, s, t, v FROM unnest($2, $3, $4, $5, $6, $7) AS r (p, o, k, s, t, v)
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Topic });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. group.Select(append => append.Partition)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. group.Select(append => append.Offset)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. group.Select(append => TextOf(append.Key))] });
        command.Parameters.Add(TextsOf(group.Select(append => TextOf(append.Headers.SchemaVersion))));
        command.Parameters.Add(TextsOf(group.Select(append => TextOf(append.Headers.TraceParent))));
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. group.Select(append => append.Value)] });
        return command;
    }

    // Clients choose parts of these texts. Postgres refuses a NUL and half a surrogate pair, and with them the whole group would fail.
    [return: NotNullIfNotNull(nameof(text))]
    private static string? TextOf(string? text) => text is null || (!text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        ? text
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private static NpgsqlParameter TextsOf(IEnumerable<string?> texts) =>
        new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private NpgsqlBatchCommand AdvanceOf(int[] partitions, Dictionary<int, long> next)
    {
        var command = new NpgsqlBatchCommand(
            "UPDATE log_partitions SET next_offset = n FROM unnest($2, $3) AS a (p, n) WHERE topic = $1 AND partition = p");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Topic });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = partitions });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. partitions.Select(partition => next[partition])] });
        return command;
    }
}
