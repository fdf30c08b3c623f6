using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Http;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>Inserts batches into ClickHouse over HTTP: columnar Native blocks in LZ4 frames, one insert per table.</summary>
/// <remarks>
/// A batch that fails is continued with the table that failed, and an insert that took too long gets twice the time: a server that is slow but
/// works must not be given the same rows without end. The engine's own deduplication of blocks is switched off: the merge makes a repeated insert harmless, while a block hash that outlives a
/// deleted row would drop its replay without an error (ADR 0004).
/// </remarks>
public sealed class ClickHouseStateStore : IStateStore, IDisposable
{
    // A thousand times the first timeout: beyond any limit that makes sense.
    private const int MaxDoublings = 10;

    private readonly ClickHouseConnection _connection;
    private readonly ClickHouseOptions _options;
    private readonly Dictionary<string, string> _settings;

    /// <summary>Creates the store; nothing is sent yet.</summary>
    public ClickHouseStateStore(ClickHouseOptions options)
    {
        _connection = new ClickHouseConnection(options);
        _options = options;

        // Replicated tables deduplicate by default.
        _settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["insert_deduplicate"] = "0" };
        if (options.InsertQuorum.Length > 0)
        {
            _settings["insert_quorum"] = options.InsertQuorum;
        }
    }

    /// <inheritdoc />
    public IPreparedBatch Prepare(StateBatch batch) => new PreparedStateBatch(batch);

    /// <inheritdoc />
    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var inserts = ((PreparedStateBatch)batch).Inserts;
        foreach (var insert in inserts.Where(static insert => !insert.IsConfirmed))
        {
            var result = await InsertAsync(insert, cancellationToken);
            if (result.Outcome != InsertOutcome.Inserted)
            {
                return result;
            }

            insert.IsConfirmed = true;
        }

        // Whoever sends the whole batch once more means all of it.
        foreach (var insert in inserts)
        {
            insert.IsConfirmed = false;
        }

        return InsertResult.Inserted;
    }

    /// <inheritdoc />
    public async ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => await _connection.PingAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private async ValueTask<InsertResult> InsertAsync(PreparedInsert insert, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromTicks(Math.Min(_options.MaxInsertTimeout.Ticks, _options.InsertTimeout.Ticks << Math.Min(insert.Timeouts, MaxDoublings)));
        var answer = await insert.SendAsync(_connection, timeout, _settings, cancellationToken);
        if (answer.Error is not { } error)
        {
            return InsertResult.Inserted;
        }

        insert.Timeouts += answer.IsTimeout ? 1 : 0;
        var outcome = answer.Code == 0 ? InsertOutcome.Unavailable : StoreErrorRule.OutcomeOf(answer.Code);

        // What is refused for the table names columns and grants, and an operator needs all of it; anything else may quote a row.
        var text = outcome == InsertOutcome.Refused || answer.Code == 0 ? error : ErrorText.WithoutContent(error);
        return new InsertResult(outcome, answer.Code, $"{insert.Table}: {text}") { Table = insert.Table, Blame = insert.Blame(error) };
    }
}
