using Npgsql;
using Pipeline.Storage.Keys;
using Pipeline.Storage.Postgres.Keys;
using Pipeline.Testing.Postgres;

namespace Pipeline.Storage.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresApiKeyStoreTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly DateTimeOffset Expiry = new(2030, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

    private readonly SecretHasher _hasher = new("pepper");

    private PostgresApiKeyStore Store => new(database.Source, _hasher);

    [PostgresFact]
    public async Task A_created_key_is_found_with_its_project_and_its_secret_verifies()
    {
        var created = await Store.CreateAsync("Acme", "web", "the web team", Expiry, preset: null, CancellationToken.None);

        var found = await Store.FindAsync(created.PublicKey, CancellationToken.None);

        Assert.NotNull(found);
        Assert.Equal(created.ProjectId, found.ProjectId);
        Assert.Equal("web", found.ProjectName);
        Assert.Equal("Acme", found.OrganizationName);
        Assert.Equal(Expiry, found.ExpiresAt);
        Assert.True(_hasher.Verify(created.SecretKey, found.SecretHash.Span));
        Assert.False(_hasher.Verify(created.SecretKey + "x", found.SecretHash.Span));
        Assert.False(new SecretHasher("other pepper").Verify(created.SecretKey, found.SecretHash.Span));
    }

    [PostgresFact]
    public async Task The_secret_is_nowhere_in_the_database()
    {
        var created = await Store.CreateAsync("Acme", "secrets", "", expiresAt: null, preset: null, CancellationToken.None);

        await using var command = database.Source.CreateCommand("SELECT string_agg(k::text, ' ') FROM api_keys k");
        var rows = (string)(await command.ExecuteScalarAsync())!;

        Assert.Contains(created.PublicKey, rows, StringComparison.Ordinal);
        Assert.DoesNotContain(created.SecretKey, rows, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Keys_of_the_same_names_share_the_project_and_other_names_do_not()
    {
        var one = await Store.CreateAsync("Shared", "web", "", null, null, CancellationToken.None);
        var two = await Store.CreateAsync("Shared", "web", "", null, null, CancellationToken.None);
        var other = await Store.CreateAsync("Shared", "mobile", "", null, null, CancellationToken.None);
        var elsewhere = await Store.CreateAsync("Elsewhere", "web", "", null, null, CancellationToken.None);

        Assert.Equal(one.ProjectId, two.ProjectId);
        Assert.Equal(3, new[] { one.ProjectId, other.ProjectId, elsewhere.ProjectId }.Distinct().Count());
    }

    [PostgresFact]
    public async Task Keys_created_at_the_same_time_share_one_organisation_and_one_project()
    {
        // Open connections first: the start of eight of them would spread the calls in time.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.ListAsync(CancellationToken.None))));

        var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Store.CreateAsync("Parallel", "web", "", null, null, CancellationToken.None))));

        Assert.Single(created.Select(key => key.ProjectId).Distinct());
        await using var command = database.Source.CreateCommand("SELECT count(*) FROM organizations WHERE name = 'Parallel'");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    [PostgresFact]
    public async Task A_preset_pair_is_imported_as_it_is_and_only_once()
    {
        var pair = ("pk-lf-preset", "sk-lf-preset");

        var created = await Store.CreateAsync("Acme", "preset", "", null, pair, CancellationToken.None);

        Assert.Equal(pair, (created.PublicKey, created.SecretKey));
        Assert.True(_hasher.Verify("sk-lf-preset", (await Store.FindAsync("pk-lf-preset", CancellationToken.None))!.SecretHash.Span));
        var taken = await Assert.ThrowsAsync<PostgresException>(() => Store.CreateAsync("Acme", "again", "", null, pair, CancellationToken.None));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, taken.SqlState);
    }

    [PostgresFact]
    public async Task The_list_shows_newest_first_and_no_more_of_a_secret_than_its_ends()
    {
        var older = await Store.CreateAsync("Acme", "list", "older", null, null, CancellationToken.None);
        var newer = await Store.CreateAsync("Acme", "list", "newer", Expiry, null, CancellationToken.None);

        var listed = (await Store.ListAsync(CancellationToken.None)).Where(key => key.ProjectName == "list").ToList();

        Assert.Equal([newer.PublicKey, older.PublicKey], listed.Select(key => key.PublicKey));
        Assert.Equal(("newer", Expiry, null), (listed[0].Note, listed[0].ExpiresAt, listed[0].RevokedAt));
        Assert.Equal($"sk-lf-...{newer.SecretKey[^4..]}", listed[0].DisplaySecretKey);
    }

    [PostgresFact]
    public async Task A_revoked_key_is_not_found_but_listed_and_is_revoked_once()
    {
        var created = await Store.CreateAsync("Acme", "revoke", "", null, null, CancellationToken.None);

        Assert.True(await Store.RevokeAsync(created.PublicKey, CancellationToken.None));

        Assert.Null(await Store.FindAsync(created.PublicKey, CancellationToken.None));
        Assert.NotNull((await Store.ListAsync(CancellationToken.None)).Single(key => key.PublicKey == created.PublicKey).RevokedAt);
        Assert.False(await Store.RevokeAsync(created.PublicKey, CancellationToken.None));
        Assert.False(await Store.RevokeAsync("pk-lf-unknown", CancellationToken.None));
    }

    [PostgresFact]
    public async Task A_public_key_no_database_text_can_hold_is_unknown_and_not_an_outage() =>
        Assert.Null(await Store.FindAsync("pk-lf-\0", CancellationToken.None));

    [Fact]
    public async Task A_store_that_cannot_be_reached_says_so_instead_of_not_found()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=1");

        await Assert.ThrowsAsync<ApiKeySourceUnavailableException>(
            async () => await new PostgresApiKeyStore(nowhere, _hasher).FindAsync("pk-lf-x", CancellationToken.None));
    }
}
