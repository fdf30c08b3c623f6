using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.Buffer;
using Xunit;

namespace Pipeline.Testing.ObjectStores;

/// <summary>What every object store promises; a store derives from it and says how it is opened.</summary>
public abstract class ObjectStoreContractTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=_.-";

    private static readonly string[] Sorted =
    [
        "A/z", "a-b/x", "a.b", "a/1", "a/b/c=1/x", "a/b/c=1/y", "a/b/c=10/x", "a/b/c=2/x", "a0", "a=b", "aB", "ab", "b",
    ];

    /// <summary>Whether two writers of one key at the same moment get different answers.</summary>
    protected abstract bool IsAtomic { get; }

    /// <summary>Opens a store that is empty.</summary>
    protected abstract Task<IObjectStore> OpenAsync();

    [BackendFact]
    public async Task Bytes_come_back_as_they_were()
    {
        using var store = await HoldAsync();
        var large = new byte[(3 * 1024 * 1024) + 17];
        new Random(1).NextBytes(large);
        byte[][] contents = [[], [0], [.. Enumerable.Range(0, 256).Select(i => (byte)i)], "line\r\nline\n"u8.ToArray(), large];
        for (var i = 0; i < contents.Length; i++)
        {
            Assert.Equal(PutOutcome.Created, await store.Value.PutAsync($"k/{i}", contents[i], CancellationToken.None));
        }

        for (var i = 0; i < contents.Length; i++)
        {
            var stored = await store.Value.GetAsync($"k/{i}", CancellationToken.None);
            Assert.True(contents[i].AsSpan().SequenceEqual(stored), $"content {i}");
        }

        Assert.Equal(contents.Select(content => (long)content.Length), (await KeysAsync(store.Value, "k/")).Select(entry => entry.Size));
    }

    [BackendFact]
    public async Task A_part_of_an_array_is_stored_as_that_part()
    {
        using var store = await HoldAsync();

        await store.Value.PutAsync("part", "0123456789"u8.ToArray().AsMemory(3, 4), CancellationToken.None);

        Assert.Equal("3456"u8.ToArray(), await store.Value.GetAsync("part", CancellationToken.None));
    }

    [BackendFact]
    public async Task What_is_not_there_is_null_and_lists_as_nothing()
    {
        using var store = await HoldAsync();

        Assert.Null(await store.Value.GetAsync("a/b/c", CancellationToken.None));
        Assert.Empty(await KeysAsync(store.Value, ""));
        Assert.Empty(await KeysAsync(store.Value, "a/b/"));
    }

    [BackendFact]
    public async Task An_object_is_never_overwritten()
    {
        using var store = await HoldAsync();
        await store.Value.PutAsync("a/b", "first"u8.ToArray(), CancellationToken.None);

        Assert.Equal(PutOutcome.Exists, await store.Value.PutAsync("a/b", "second"u8.ToArray(), CancellationToken.None));

        Assert.Equal("first"u8.ToArray(), await store.Value.GetAsync("a/b", CancellationToken.None));
    }

    [BackendFact]
    public async Task Writers_of_one_key_never_mix()
    {
        using var store = await HoldAsync();
        var writers = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            await store.Value.PutAsync("race/key", Enumerable.Repeat((byte)i, 20_000).ToArray(), CancellationToken.None))).ToList();

        var outcomes = await Task.WhenAll(writers);

        var stored = (await store.Value.GetAsync("race/key", CancellationToken.None))!;
        Assert.Equal(20_000, stored.Length);
        Assert.Single(stored.Distinct());
        Assert.Contains(PutOutcome.Created, outcomes);
        if (IsAtomic)
        {
            Assert.Equal(stored[0], Array.IndexOf(outcomes, PutOutcome.Created));
            Assert.Single(outcomes, outcome => outcome == PutOutcome.Created);
        }
    }

    [BackendFact]
    public async Task Keys_of_every_allowed_character_and_length_are_taken()
    {
        using var store = await HoldAsync();
        var longest = string.Join('/', Enumerable.Repeat(new string('k', 255), 3));
        foreach (var key in new[] { Alphabet, ".hidden", "..two", "a..b/...", "date=2026-11-21/hour=07/x.jsonl.gz", longest })
        {
            Assert.Equal(PutOutcome.Created, await store.Value.PutAsync(key, "x"u8.ToArray(), CancellationToken.None));
            Assert.Equal("x"u8.ToArray(), await store.Value.GetAsync(key, CancellationToken.None));
            Assert.Contains(await KeysAsync(store.Value, ""), entry => entry.Key == key);
        }
    }

    [BackendFact]
    public async Task What_is_no_key_is_refused_by_every_member()
    {
        using var store = await HoldAsync();
        foreach (var key in new[] { "", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", ".", "a/./b", "a b", "a\\b", "a\0", "~a", "é", new string('k', 256), new string('k', 2000) })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.Value.PutAsync(key, new byte[1], CancellationToken.None));
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.Value.GetAsync(key, CancellationToken.None));
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.Value.DeleteAsync(key, CancellationToken.None));
        }

        await Assert.ThrowsAsync<ArgumentException>(async () => await KeysAsync(store.Value, "../"));
        Assert.Empty(await KeysAsync(store.Value, ""));
    }

    [BackendFact]
    public async Task A_listing_is_in_the_order_of_the_keys_bytes()
    {
        using var store = await HoldAsync();
        foreach (var key in Sorted.OrderBy(key => key.Length).ThenByDescending(key => key, StringComparer.Ordinal))
        {
            await store.Value.PutAsync(key, new byte[key.Length], CancellationToken.None);
        }

        Assert.Equal(Sorted.Select(key => new ObjectEntry(key, key.Length)), await KeysAsync(store.Value, ""));
        Assert.Equal(Sorted.Order(StringComparer.Ordinal), Sorted);
        foreach (var prefix in new[] { "a", "a/", "a/b", "a/b/", "a/b/c=1", "a/b/c=1/", "b", "c", "a/b/c=1/x", "A" })
        {
            Assert.Equal(Sorted.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)), (await KeysAsync(store.Value, prefix)).Select(entry => entry.Key));
        }
    }

    [BackendFact]
    public async Task A_listing_goes_on_behind_any_text()
    {
        using var store = await HoldAsync();
        foreach (var key in Sorted)
        {
            await store.Value.PutAsync(key, new byte[1], CancellationToken.None);
        }

        foreach (var after in Sorted.Concat(["a", "a/", "a/b", "a/b/c=1", "zzz", "0"]))
        {
            foreach (var prefix in new[] { "", "a/b/" })
            {
                var expected = Sorted.Where(key => string.CompareOrdinal(key, after) > 0 && key.StartsWith(prefix, StringComparison.Ordinal));
                Assert.Equal(expected, (await KeysAsync(store.Value, prefix, after)).Select(entry => entry.Key));
            }
        }
    }

    [BackendFact]
    public async Task Deleting_removes_one_object_and_may_be_repeated()
    {
        using var store = await HoldAsync();
        await store.Value.PutAsync("a/b/1", new byte[1], CancellationToken.None);
        await store.Value.PutAsync("a/b/2", new byte[1], CancellationToken.None);

        await store.Value.DeleteAsync("a/b/1", CancellationToken.None);
        await store.Value.DeleteAsync("a/b/1", CancellationToken.None);
        await store.Value.DeleteAsync("never/there", CancellationToken.None);

        Assert.Equal(["a/b/2"], (await KeysAsync(store.Value, "")).Select(entry => entry.Key));
        await store.Value.DeleteAsync("a/b/2", CancellationToken.None);
        Assert.Empty(await KeysAsync(store.Value, ""));
        Assert.Equal(PutOutcome.Created, await store.Value.PutAsync("a/b/1", "again"u8.ToArray(), CancellationToken.None));
        Assert.Equal("again"u8.ToArray(), await store.Value.GetAsync("a/b/1", CancellationToken.None));
    }

    [BackendFact]
    public async Task Writers_and_deleters_in_one_folder_do_not_disturb_each_other()
    {
        using var store = await HoldAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                var key = $"busy/folder/{writer}";
                Assert.Equal(PutOutcome.Created, await store.Value.PutAsync(key, new byte[] { (byte)i }, CancellationToken.None));
                Assert.Equal(new[] { (byte)i }, await store.Value.GetAsync(key, CancellationToken.None));
                await store.Value.DeleteAsync(key, CancellationToken.None);
            }
        })));

        Assert.Empty(await KeysAsync(store.Value, ""));
    }

    [BackendFact]
    public async Task A_caller_that_has_given_up_gets_nothing_done()
    {
        using var store = await HoldAsync();
        var given = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.Value.PutAsync("a", new byte[1], given));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.Value.GetAsync("a", given));

        Assert.Null(await store.Value.GetAsync("a", CancellationToken.None));
    }

    protected static async Task<IReadOnlyList<ObjectEntry>> KeysAsync(IObjectStore store, string prefix, string? startAfter = null) =>
        await store.ListAsync(prefix, startAfter, CancellationToken.None).ToListAsync();

    private async Task<Held> HoldAsync() => new(await OpenAsync());

    private sealed record Held(IObjectStore Value) : IDisposable
    {
        public void Dispose() => (Value as IDisposable)?.Dispose();
    }
}
