using System.Globalization;
using System.Text;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Http;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Tables;
using Pipeline.Storage.Comparing;
using Pipeline.Storage.States;

namespace Pipeline.Storage.ClickHouse.Comparing;

/// <summary>Compares inside ClickHouse: the candidates go into a scratch table, one query merges them with the stored rows, the table is dropped.</summary>
/// <remarks>
/// Statements go one after the other over one kept-alive connection, and the scratch table exists on the server that answers: give the address of one
/// server, not of a balancer. Behind one, a statement that reaches another server fails with "unknown table"; it never gives a wrong verdict.
/// On a replicated cluster the verdicts are about what that server has by now. The user needs the right to create and drop tables.
/// A failure is a <see cref="ClickHouseException"/>.
/// </remarks>
public sealed class ClickHouseStateComparison : IStateComparison, IDisposable
{
    // A drop takes milliseconds; a server that does not answer it is away, and the next comparison drops the table.
    private static readonly TimeSpan DropTimeout = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly ClickHouseConnection _connection;
    private readonly ClickHouseOptions _options;
    private readonly Dictionary<string, string> _querySettings;

    /// <summary>Creates the comparison; nothing is sent yet.</summary>
    public ClickHouseStateComparison(ClickHouseOptions options)
    {
        _connection = new ClickHouseConnection(options);
        _options = options;
        _querySettings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Large inputs and outputs of fifty thousand entities do not fit a small server: the aggregation spills to disk above this.
            ["max_bytes_before_external_group_by"] = "268435456",

            // Each thread aggregates for itself, and what it holds counts twice while the parts are joined.
            ["max_threads"] = "2",
            ["max_memory_usage"] = "1610612736",

            // The server must not go on once nobody waits any more.
            ["max_execution_time"] = Math.Ceiling(options.QueryTimeout.TotalSeconds).ToString("0", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>From which age on a scratch table is what a killed process left behind.</summary>
    /// <value>1 hour: the timeouts end a comparison long before.</value>
    internal TimeSpan LeftoverAge { get; init; } = TimeSpan.FromHours(1);

    /// <inheritdoc />
    /// <exception cref="ClickHouseException">ClickHouse does not answer (code 0) or refused a statement.</exception>
    public async ValueTask<StateComparison> CompareAsync(StateBatch candidates, CancellationToken cancellationToken)
    {
        await DropLeftoversAsync(cancellationToken);
        return new StateComparison
        {
            Observations = await CompareAsync(
                StateTables.Observations, candidates.Observations, row => row.Key, texts => new ObservationKey(texts[0], texts[1], texts[2]), cancellationToken),
            Traces = await CompareAsync(StateTables.Traces, candidates.Traces, row => row.Key, texts => new TraceKey(texts[0], texts[1]), cancellationToken),
            Scores = await CompareAsync(StateTables.Scores, candidates.Scores, row => row.Key, texts => new ScoreKey(texts[0], texts[1]), cancellationToken),
        };
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private async Task<IReadOnlyDictionary<TKey, StateVerdict>> CompareAsync<TRow, TKey>(
        Table<TRow> table,
        List<TRow> rows,
        Func<TRow, TKey> keyOf,
        Func<Utf8Text[], TKey> keyFrom,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        if (rows.Count == 0)
        {
            return new Dictionary<TKey, StateVerdict>();
        }

        var scratch = ScratchName.For(table.Name);
        Dictionary<TKey, StateVerdict> verdicts;
        try
        {
            await FillAsync(table, scratch, rows, cancellationToken);
            verdicts = VerdictRows.Read(await RunAsync(ComparisonStatement.Of(table, scratch), _querySettings, cancellationToken), keyFrom);
        }
        catch
        {
            // What failed first is what the caller must hear; a table that cannot be dropped either is left for the next comparison.
            await _connection.SendAsync(DropOf(scratch), CancellationToken.None);
            throw;
        }

        Confirm(await _connection.SendAsync(DropOf(scratch), CancellationToken.None));
        return rows.TrueForAll(row => verdicts.ContainsKey(keyOf(row)))
            ? verdicts
            : throw new ClickHouseException($"{table.Name}: the comparison answered for {verdicts.Count} identities and left some of {rows.Count} states out");
    }

    private async Task FillAsync<TRow>(Table<TRow> table, string scratch, List<TRow> rows, CancellationToken cancellationToken)
    {
        // Not "CREATE TABLE … AS table": that would take over the partitions, and failures of more than a hundred days would be too many for one insert.
        // On disk rather than in memory, because the candidates may be larger than what a small server has left.
        await RunAsync(
            $"CREATE TABLE {scratch} ENGINE = MergeTree ORDER BY ({table.IdentityList}) EMPTY AS SELECT {table.ColumnList} FROM {table.Name}",
            NoSettings,
            cancellationToken);

        using var insert = PreparedInsert.Of(table, scratch, rows);
        Confirm(await insert.SendAsync(_connection, _options.MaxInsertTimeout, NoSettings, cancellationToken));
    }

    private async Task DropLeftoversAsync(CancellationToken cancellationToken)
    {
        // Ages by the server's own clock, which also made the modification times.
        var names = await RunAsync(
            $$"""
            SELECT name FROM system.tables
            WHERE database = currentDatabase() AND match(name, '{{ScratchName.Pattern}}')
                AND metadata_modification_time <= now() - INTERVAL {{LeftoverAge.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}} SECOND
            FORMAT TabSeparated
            """,
            NoSettings,
            cancellationToken);
        foreach (var name in Encoding.UTF8.GetString(names).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Confirm(await _connection.SendAsync(DropOf(name), cancellationToken));
        }
    }

    private async Task<byte[]> RunAsync(string statement, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken) =>
        Confirm(await _connection.SendAsync(new ClickHouseRequest(statement, _options.QueryTimeout) { Parameters = settings }, cancellationToken));

    // Never SYNC: the embedded engine's idle connections hold the tables of their last query, and it would wait for them without end.
    private static ClickHouseRequest DropOf(string scratch) => new($"DROP TABLE IF EXISTS {scratch}", DropTimeout);

    private static byte[] Confirm(ClickHouseAnswer answer) =>
        answer.Error is null ? answer.Body : throw new ClickHouseException(answer.Error) { Code = answer.Code };
}
