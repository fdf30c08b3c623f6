using Npgsql;
using Pipeline.Storage.Keys;

namespace Pipeline.Storage.Postgres.Keys;

/// <summary>Organisations, projects and API keys in Postgres.</summary>
public sealed class PostgresApiKeyStore(NpgsqlDataSource source, SecretHasher hasher) : IApiKeySource
{
    // Any constant will do, as long as nothing else in the database uses it.
    private const long CreationLockKey = 7_214_523_002;

    /// <inheritdoc />
    public async ValueTask<ApiKey?> FindAsync(string publicKey, CancellationToken cancellationToken)
    {
        // Postgres refuses a text with a NUL, and that is no outage: no key has one.
        if (publicKey.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            await using var command = source.CreateCommand(
                """
                SELECT k.secret_hash, p.id, p.name, o.id, o.name, k.expires_at
                FROM api_keys k JOIN projects p ON p.id = k.project_id JOIN organizations o ON o.id = p.org_id
                WHERE k.public_key = $1 AND k.revoked_at IS NULL AND p.deleted_at IS NULL
                """);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = publicKey });
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            return await rows.ReadAsync(cancellationToken)
                ? new ApiKey(
                    publicKey,
                    rows.GetFieldValue<byte[]>(0),
                    rows.GetString(1),
                    rows.GetString(2),
                    rows.GetString(3),
                    rows.GetString(4),
                    await rows.IsDBNullAsync(5, cancellationToken) ? null : rows.GetFieldValue<DateTimeOffset>(5))
                : null;
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException)
        {
            throw new ApiKeySourceUnavailableException($"the key store in Postgres cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Creates a key, and its organisation and project where they do not exist.</summary>
    /// <param name="organization">Name of the organisation.</param>
    /// <param name="project">Name of the project in it.</param>
    /// <param name="note">What the key is for.</param>
    /// <param name="expiresAt">When it expires; null for never.</param>
    /// <param name="preset">A pair to import instead of a generated one.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="PostgresException">The public key is taken.</exception>
    public async Task<CreatedApiKey> CreateAsync(
        string organization,
        string project,
        string note,
        DateTimeOffset? expiresAt,
        (string PublicKey, string SecretKey)? preset,
        CancellationToken cancellationToken)
    {
        var (publicKey, secretKey) = preset ?? (SecretKeyRule.NewPublicKey(), SecretKeyRule.NewSecretKey());
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Names of organisations are not unique in the schema: of two creators at once, the second must see the first's.
        await using (var one = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({CreationLockKey})", connection))
        {
            await one.ExecuteNonQueryAsync(cancellationToken);
        }

        var organizationId = await InsertNamedAsync(
            connection,
            "INSERT INTO organizations (id, name) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM organizations WHERE name = $2)",
            "SELECT id FROM organizations WHERE name = $1 ORDER BY created_at LIMIT 1",
            [organization],
            cancellationToken);
        var projectId = await InsertNamedAsync(
            connection,
            "INSERT INTO projects (id, org_id, name) VALUES ($1, $2, $3) ON CONFLICT (org_id, name) DO NOTHING",
            "SELECT id FROM projects WHERE org_id = $1 AND name = $2",
            [organizationId, project],
            cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO api_keys (id, public_key, secret_hash, display_secret_key, note, project_id, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Guid.CreateVersion7().ToString() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = publicKey });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = hasher.Hash(secretKey) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SecretKeyRule.Display(secretKey) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = note });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = projectId });
        command.Parameters.Add(new NpgsqlParameter { Value = expiresAt?.ToUniversalTime() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreatedApiKey(publicKey, secretKey, projectId);
    }

    /// <summary>All keys, newest first.</summary>
    public async Task<IReadOnlyList<ApiKeyListing>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT k.public_key, k.display_secret_key, p.id, p.name, o.name, k.note, k.created_at, k.expires_at, k.revoked_at
            FROM api_keys k JOIN projects p ON p.id = k.project_id JOIN organizations o ON o.id = p.org_id ORDER BY k.created_at DESC, k.id
            """);
        var keys = new List<ApiKeyListing>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            keys.Add(new ApiKeyListing(
                rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4), rows.GetString(5),
                rows.GetFieldValue<DateTimeOffset>(6),
                await rows.IsDBNullAsync(7, cancellationToken) ? null : rows.GetFieldValue<DateTimeOffset>(7),
                await rows.IsDBNullAsync(8, cancellationToken) ? null : rows.GetFieldValue<DateTimeOffset>(8)));
        }

        return keys;
    }

    /// <summary>Revokes a key; gateways refuse it within 30 s.</summary>
    /// <returns>False when there is no active key of that name.</returns>
    public async Task<bool> RevokeAsync(string publicKey, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("UPDATE api_keys SET revoked_at = now() WHERE public_key = $1 AND revoked_at IS NULL");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = publicKey });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static async Task<string> InsertNamedAsync(
        NpgsqlConnection connection,
        string insert,
        string select,
        string[] names,
        CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand(insert, connection))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Guid.CreateVersion7().ToString() });
            AddAll(command, names);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var query = new NpgsqlCommand(select, connection);
        AddAll(query, names);
        return (string)(await query.ExecuteScalarAsync(cancellationToken))!;
    }

    private static void AddAll(NpgsqlCommand command, string[] texts)
    {
        foreach (var text in texts)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        }
    }
}
