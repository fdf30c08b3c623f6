using System.Buffers.Binary;
using System.Data;
using Npgsql;

namespace Pipeline.Storage.Postgres.Replays;

/// <summary>The right to run a job: an advisory lock on a session of its own, which the server frees when the session ends, however it ends.</summary>
internal sealed class ReplayLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _session;
    private readonly long _key;

    private ReplayLock(NpgsqlConnection session, long key)
    {
        _session = session;
        _key = key;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The pool keeps the session open, and with it the lock, unless it is given back first.
            if (_session.FullState == ConnectionState.Open)
            {
                await ExecuteAsync(_session, "SELECT pg_advisory_unlock($1)", _key, CancellationToken.None);
            }
        }
        catch (NpgsqlException)
        {
            // The session is gone, and the lock with it.
        }
        finally
        {
            await _session.DisposeAsync();
        }
    }

    internal static async Task<ReplayLock?> TryTakeAsync(NpgsqlDataSource source, Guid jobId, CancellationToken cancellationToken)
    {
        var session = await source.OpenConnectionAsync(cancellationToken);
        var isTaken = false;
        try
        {
            var key = KeyOf(jobId);
            isTaken = await ExecuteAsync(session, "SELECT pg_try_advisory_lock($1)", key, cancellationToken);
            return isTaken ? new ReplayLock(session, key) : null;
        }
        finally
        {
            if (!isTaken)
            {
                await session.DisposeAsync();
            }
        }
    }

    // Two jobs of one key would wait for each other, which 64 bits make as good as impossible.
    private static long KeyOf(Guid jobId)
    {
        Span<byte> bytes = stackalloc byte[16];
        jobId.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
    }

    private static async Task<bool> ExecuteAsync(NpgsqlConnection session, string sql, long key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session);
        command.Parameters.Add(NpgsqlTypes.NpgsqlDbType.Bigint, key);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
