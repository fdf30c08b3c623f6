using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Storage.Postgres.Audit;

/// <summary>The record of what people did; entries are added and never changed.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class AuditLog(NpgsqlDataSource source)
{
    private const string Insert = "INSERT INTO audit_log (actor, action, subject, reason, detail) VALUES ($1, $2, $3, $4, $5)";

    /// <summary>Adds entries, all or none.</summary>
    /// <exception cref="NpgsqlException">Postgres cannot be reached or refused.</exception>
    public async Task WriteAsync(IReadOnlyCollection<AuditEntry> entries, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        foreach (var entry in entries)
        {
            var command = new NpgsqlBatchCommand(Insert);
            Fill(command.Parameters, entry);
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What was done to a subject, oldest first.</summary>
    /// <exception cref="NpgsqlException">Postgres cannot be reached or refused.</exception>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(string subject, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT actor, action, subject, reason, detail::text, at FROM audit_log WHERE subject = $1 ORDER BY id LIMIT $2");
        command.Parameters.AddText(subject);
        command.Parameters.Add(NpgsqlDbType.Integer, limit);
        var entries = new List<AuditEntry>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            entries.Add(new AuditEntry(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), StoredJson.Read<Dictionary<string, string>>(rows.GetString(4)))
            {
                At = rows.GetFieldValue<DateTimeOffset>(5),
            });
        }

        return entries;
    }

    /// <summary>Adds an entry within the caller's transaction.</summary>
    internal static async Task WriteAsync(NpgsqlConnection connection, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        Fill(command.Parameters, entry);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Fill(NpgsqlParameterCollection parameters, AuditEntry entry)
    {
        parameters.AddText(entry.Actor);
        parameters.AddText(entry.Action);
        parameters.AddText(entry.Subject);
        parameters.AddText(entry.Reason);
        parameters.Add(NpgsqlDbType.Json, StoredJson.Write(entry.Detail));
    }
}
