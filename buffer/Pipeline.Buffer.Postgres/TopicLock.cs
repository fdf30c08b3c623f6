using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>A lock per topic, held to the end of a transaction: keeps retention and a group that begins to read apart, and two creators of a topic.</summary>
internal static class TopicLock
{
    // Any constant will do, as long as nothing else in the database uses it with a second number.
    private const int Space = 721_452;

    internal static NpgsqlBatchCommand ShareCommand(string topic) => Command($"SELECT pg_advisory_xact_lock_shared({Space}, hashtext($1))", topic);

    internal static NpgsqlBatchCommand ExclusiveCommand(string topic) => Command($"SELECT pg_advisory_xact_lock({Space}, hashtext($1))", topic);

    private static NpgsqlBatchCommand Command(string sql, string topic)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        return command;
    }
}
