using Pipeline.Storage.Keys;
using Pipeline.Storage.Postgres.Keys;
using Pipeline.Testing.Postgres;

namespace Pipeline.Storage.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresApiKeyStoreTests(PostgresServer server)
{
    private static readonly SecretHasher Hasher = new("a pepper for tests");

    [PostgresFact]
    public async Task A_created_key_is_found_with_its_project_and_its_secret_verifies()
    {
        await using var source = await server.CreateDatabaseAsync();
        var store = new PostgresApiKeyStore(source, Hasher);
        var created = await store.CreateAsync("acme", "chat", "note", expiresAt: null, preset: null, CancellationToken.None);

        var found = await store.FindAsync(created.PublicKey, CancellationToken.None);

        Assert.NotNull(found);
        Assert.Equal((created.ProjectId, "chat", "acme"), (found.ProjectId, found.ProjectName, found.OrganizationName));
        Assert.True(Hasher.Verify(created.SecretKey, found.SecretHash.Span));
        Assert.False(Hasher.Verify(created.SecretKey + "x", found.SecretHash.Span));
    }

    [PostgresFact]
    public async Task A_second_key_of_the_same_names_belongs_to_the_same_project()
    {
        await using var source = await server.CreateDatabaseAsync();
        var store = new PostgresApiKeyStore(source, Hasher);

        var first = await store.CreateAsync("acme", "chat", "", null, null, CancellationToken.None);
        var second = await store.CreateAsync("acme", "chat", "", null, null, CancellationToken.None);
        var other = await store.CreateAsync("acme", "search", "", null, null, CancellationToken.None);

        Assert.Equal(first.ProjectId, second.ProjectId);
        Assert.NotEqual(first.ProjectId, other.ProjectId);
    }

    [PostgresFact]
    public async Task A_revoked_key_is_not_found_and_cannot_be_revoked_again()
    {
        await using var source = await server.CreateDatabaseAsync();
        var store = new PostgresApiKeyStore(source, Hasher);
        var created = await store.CreateAsync("acme", "chat", "", null, null, CancellationToken.None);

        Assert.True(await store.RevokeAsync(created.PublicKey, CancellationToken.None));

        Assert.Null(await store.FindAsync(created.PublicKey, CancellationToken.None));
        Assert.False(await store.RevokeAsync(created.PublicKey, CancellationToken.None));
        Assert.NotNull(Assert.Single(await store.ListAsync(CancellationToken.None)).RevokedAt);
    }

    [PostgresFact]
    public async Task A_preset_pair_is_imported_and_its_secret_is_nowhere_in_the_table()
    {
        await using var source = await server.CreateDatabaseAsync();
        var store = new PostgresApiKeyStore(source, Hasher);

        await store.CreateAsync("acme", "chat", "", null, ("pk-lf-1234567890", "sk-lf-1234567890"), CancellationToken.None);

        Assert.NotNull(await store.FindAsync("pk-lf-1234567890", CancellationToken.None));
        await using var command = source.CreateCommand("SELECT count(*) FROM api_keys k WHERE k::text LIKE '%sk-lf-1234567890%'");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public void A_secret_is_shown_by_its_ends_only()
    {
        var secret = SecretKeyRule.NewSecretKey();

        Assert.StartsWith("sk-lf-", secret, StringComparison.Ordinal);
        Assert.Equal($"sk-lf-...{secret[^4..]}", SecretKeyRule.Display(secret));
        Assert.Equal("...", SecretKeyRule.Display("short"));
    }
}
