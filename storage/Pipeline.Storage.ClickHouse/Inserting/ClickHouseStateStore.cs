using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Http;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>Inserts batches into ClickHouse over HTTP: columnar Native blocks in LZ4 frames, one insert per table.</summary>
/// <remarks>
/// The engine's own deduplication of blocks is switched off: the merge makes a repeated insert harmless, while a block hash that outlives a
/// deleted row would drop its replay without an error (ADR 0004).
/// </remarks>
public sealed class ClickHouseStateStore : IStateStore, IDisposable
{
    // Replicated tables deduplicate by default.
    private static readonly Dictionary<string, string> InsertSettings = new(StringComparer.Ordinal) { ["insert_deduplicate"] = "0" };

    private readonly ClickHouseConnection _connection;
    private readonly TimeSpan _insertTimeout;

    /// <summary>Creates the store; nothing is sent yet.</summary>
    public ClickHouseStateStore(ClickHouseOptions options)
    {
        _connection = new ClickHouseConnection(options);
        _insertTimeout = options.InsertTimeout;
    }

    /// <inheritdoc />
    public IPreparedBatch Prepare(StateBatch batch) => new PreparedStateBatch(batch);

    /// <inheritdoc />
    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        foreach (var insert in ((PreparedStateBatch)batch).Inserts)
        {
            var result = await InsertAsync(insert, cancellationToken);
            if (result.Outcome != InsertOutcome.Inserted)
            {
                return result;
            }
        }

        return InsertResult.Inserted;
    }

    /// <inheritdoc />
    public async ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => await _connection.PingAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private async ValueTask<InsertResult> InsertAsync(PreparedInsert insert, CancellationToken cancellationToken)
    {
        using var content = new SegmentsContent(insert);
        content.Headers.ContentEncoding.Add("lz4");
        var request = new ClickHouseRequest(insert.Statement, _insertTimeout) { Rows = content, Parameters = InsertSettings };
        ClickHouseAnswer answer;
        try
        {
            answer = await _connection.SendAsync(request, cancellationToken);
        }
        finally
        {
            await content.StopAsync();
        }

        if (answer.Error is { } error)
        {
            var outcome = answer.Code == 0 ? InsertOutcome.Unavailable : StoreErrorRule.OutcomeOf(answer.Code);
            return new InsertResult(outcome, answer.Code, $"{insert.Table}: {error}");
        }

        // Fewer rows than sent means the engine read a shorter body than we wrote: never trust it, send the batch again.
        return answer.WrittenRows == insert.RowCount
            ? InsertResult.Inserted
            : new InsertResult(InsertOutcome.Unavailable, 0, $"{insert.Table}: {answer.WrittenRows} rows written, {insert.RowCount} sent");
    }
}
