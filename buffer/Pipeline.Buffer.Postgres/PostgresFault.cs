using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>Tells an unreachable or unprepared Postgres from a mistake of ours.</summary>
internal static class PostgresFault
{
    internal static bool IsUnavailable(Exception fault) => fault is NpgsqlException or TimeoutException or IOException;
}
