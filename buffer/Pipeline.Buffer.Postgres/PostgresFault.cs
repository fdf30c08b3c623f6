using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>Tells a Postgres that is away, overloaded or not prepared yet from a mistake of ours.</summary>
internal static class PostgresFault
{
    /// <summary>Whether waiting can mend it: the connection, a resource, a deadlock, a server that starts or stops, or a schema still to come.</summary>
    /// <remarks>Every other error of a statement is a defect; repeating it for ever would hide it.</remarks>
    internal static bool IsUnavailable(Exception fault) => fault switch
    {
        PostgresException refused => refused.IsTransient || IsAway(refused.SqlState) || IsUnprepared(refused.SqlState),
        NpgsqlException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>Whether the tables of the log do not exist yet.</summary>
    internal static bool IsUnprepared(Exception fault) => fault is PostgresException refused && IsUnprepared(refused.SqlState);

    // 08 connection, 25006 read-only (a standby), 28 access, 3D000 no such database, 40 rolled back, 53 resources, 55P03 lock, 57 operator, 58 system.
    private static bool IsAway(string sqlState) =>
        sqlState is "25006" or "3D000" or "55P03" || sqlState[..2] is "08" or "28" or "40" or "53" or "57" or "58";

    private static bool IsUnprepared(string sqlState) => sqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn;
}
