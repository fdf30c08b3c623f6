using Npgsql;
using Pipeline.Schemas.Errors;

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

    // An operator who mends credentials (28) or creates the database (3D000) finds every process still trying.
    private static bool IsAway(string sqlState) =>
        ErrorTable.ClassOfPostgres(sqlState) is ErrorClass.Transient or ErrorClass.Overload || sqlState is "3D000" || sqlState[..2] is "28";

    private static bool IsUnprepared(string sqlState) => sqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn;
}
