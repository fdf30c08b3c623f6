using System.Text;
using Pipeline.Buffer;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Testing.Logs;

namespace Pipeline.Cli.Tests.Queries;

/// <summary>A topic whose records are read, stored and committed as a test says.</summary>
internal sealed class LedgerLane(InMemoryEventLog log, string group, ClickHouseStateStore store) : IAsyncDisposable
{
    private readonly IEventLogReader _reader = log.Join(new ReaderOptions(group, "a"));
    private readonly List<BufferedRecord> _delivered = [];

    internal InMemoryEventLog Log => log;

    /// <summary>Everything that was read.</summary>
    internal IReadOnlyList<BufferedRecord> Delivered => _delivered;

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await log.DisposeAsync();
    }

    /// <summary>Stores everything appended since the last call, but for what is skipped: that is only committed.</summary>
    /// <param name="commit">Whether to commit.</param>
    /// <param name="failed">Events of each record that fail.</param>
    /// <param name="skip">What is left without a receipt.</param>
    internal async Task StoreAsync(bool commit, int failed = 0, Func<BufferedRecord, bool>? skip = null)
    {
        var read = await ReadAsync();
        _delivered.AddRange(read);
        var batch = new StateBatch();
        foreach (var source in read.Where(source => skip?.Invoke(source) != true))
        {
            BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record);
            batch.Receipts.Add(ReceiptOf(source, record!, failed));
            if (failed > 0)
            {
                batch.Rejected.Add(new RejectedEvent(record!.RecordId, record.ProjectId, source.Topic, source.Partition, source.Offset, 0, "time_out_of_range", "field startTime"));
            }
        }

        await InsertAsync(store, batch);
        if (commit)
        {
            await CommitAsync();
        }
    }

    internal async Task CommitAsync()
    {
        var next = _delivered.GroupBy(record => record.Partition).Select(group => new PartitionOffset(group.Key, group.Max(record => record.Offset) + 1));
        Assert.Equal(CommitOutcome.Committed, await _reader.CommitAsync([.. next], CancellationToken.None));
    }

    internal static async Task InsertAsync(ClickHouseStateStore store, StateBatch batch)
    {
        using var prepared = store.Prepare(batch);
        Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));
    }

    private async Task<List<BufferedRecord>> ReadAsync()
    {
        var records = new List<BufferedRecord>();
        while (await _reader.ReadAsync(1024 * 1024, TimeSpan.Zero, CancellationToken.None) is { Records.Count: > 0 } read)
        {
            records.AddRange(read.Records);
        }

        return records;
    }

    private static Receipt ReceiptOf(BufferedRecord source, BufferRecord record, int failed) => new()
    {
        RecordId = record.RecordId,
        ProjectId = record.ProjectId,
        RequestId = record.RequestId,
        InstanceId = record.InstanceId,
        ReceivedAtMicros = record.ReceivedAtMicros,
        Topic = source.Topic,
        Partition = source.Partition,
        Offset = source.Offset,
        Attempt = record.Attempt,
        PayloadKind = record.PayloadKind,
        Accepted = record.EventCount,
        Stored = record.EventCount - failed,
        Failed = failed,
        EventHashes = [XxHash64.Hash(Encoding.UTF8.GetBytes(record.RequestId))],
        EntityHashes = [],
        TraceHashes = [],
    };
}
