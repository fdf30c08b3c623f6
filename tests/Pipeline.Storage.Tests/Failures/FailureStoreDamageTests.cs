using System.IO.Compression;
using System.Text;
using Pipeline.Storage.Failures;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Tests.Failures;

/// <summary>Whatever happens to stored bytes is found, named, and hides nothing else.</summary>
public sealed class FailureStoreDamageTests : IAsyncLifetime
{
    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);
    private readonly FailureStore _store;
    private FailedBatchManifest _manifest = null!;
    private FailedBatchManifest _other = null!;

    public FailureStoreDamageTests() => _store = new FailureStore(_objects, "1.2.3");

    private string Folder => FailureStore.FolderOf(_manifest);

    private string RecordsKey => Folder + "records.jsonl.gz";

    private string ManifestKey => Folder + "manifest.json";

    public async Task InitializeAsync()
    {
        _manifest = await _store.WriteAsync(TestFailedBatches.Typical(), CancellationToken.None);
        _other = await _store.WriteAsync(TestFailedBatches.Typical(seed: 2), CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_flipped_bit_of_the_records_object_is_found()
    {
        var whole = _objects.Peek(RecordsKey)!;
        for (var position = 0; position < whole.Length; position++)
        {
            var damaged = whole.ToArray();
            damaged[position] ^= (byte)(1 << (position % 8));
            _objects.Tamper(RecordsKey, damaged);

            Assert.Equal(FailedBatchDefect.RecordsSha256, (await _store.VerifyAsync(Folder, CancellationToken.None))?.Defect);
        }

        await AssertNothingIsReadAsync(FailedBatchDefect.RecordsSha256);
    }

    [Fact]
    public async Task Every_flipped_bit_of_the_manifest_is_found()
    {
        var whole = _objects.Peek(ManifestKey)!;
        for (var position = 0; position < whole.Length; position++)
        {
            var damaged = whole.ToArray();
            damaged[position] ^= (byte)(1 << (position % 8));
            _objects.Tamper(ManifestKey, damaged);

            Assert.Equal(FailedBatchDefect.ManifestDamaged, (await _store.VerifyAsync(Folder, CancellationToken.None))?.Defect);
        }

        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestDamaged);
        await AssertListedAsync(FailedBatchDefect.ManifestDamaged, hasManifest: false);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(18)]
    [InlineData(-1)]
    [InlineData(-9)]
    public async Task A_cut_records_object_is_found_by_its_length(int length)
    {
        var whole = _objects.Peek(RecordsKey)!;
        _objects.Tamper(RecordsKey, whole[..(length < 0 ? whole.Length + length : length)]);

        await AssertNothingIsReadAsync(FailedBatchDefect.RecordsLength);
        await AssertListedAsync(FailedBatchDefect.RecordsLength, hasManifest: true);
    }

    [Fact]
    public async Task A_longer_records_object_is_found_by_its_length()
    {
        _objects.Tamper(RecordsKey, [.. _objects.Peek(RecordsKey)!, 0]);

        await AssertNothingIsReadAsync(FailedBatchDefect.RecordsLength);
    }

    [Fact]
    public async Task A_cut_manifest_is_found_at_every_length()
    {
        var whole = _objects.Peek(ManifestKey)!;
        for (var length = 0; length < whole.Length; length++)
        {
            _objects.Tamper(ManifestKey, whole[..length]);
            Assert.Equal(FailedBatchDefect.ManifestDamaged, (await _store.VerifyAsync(Folder, CancellationToken.None))?.Defect);
        }

        await AssertListedAsync(FailedBatchDefect.ManifestDamaged, hasManifest: false);
    }

    [Fact]
    public async Task Missing_records_are_found()
    {
        _objects.Tamper(RecordsKey, null);

        await AssertNothingIsReadAsync(FailedBatchDefect.RecordsMissing);
        await AssertListedAsync(FailedBatchDefect.RecordsMissing, hasManifest: true);
    }

    [Fact]
    public async Task A_missing_manifest_is_found()
    {
        _objects.Tamper(ManifestKey, null);

        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestMissing);
        await AssertListedAsync(FailedBatchDefect.ManifestMissing, hasManifest: false);
    }

    [Fact]
    public async Task Swapped_manifests_are_found()
    {
        Swap(ManifestKey, FailureStore.FolderOf(_other) + "manifest.json");

        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestOfAnotherBatch);
        Assert.All(await ListAsync(), entry => Assert.Equal(FailedBatchDefect.ManifestOfAnotherBatch, entry.Damage?.Defect));
    }

    [Fact]
    public async Task Swapped_batches_are_found_though_each_is_whole_in_itself()
    {
        Swap(ManifestKey, FailureStore.FolderOf(_other) + "manifest.json");
        Swap(RecordsKey, FailureStore.FolderOf(_other) + "records.jsonl.gz");

        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestOfAnotherBatch);
    }

    [Fact]
    public async Task Swapped_records_are_found()
    {
        Swap(RecordsKey, FailureStore.FolderOf(_other) + "records.jsonl.gz");

        var damage = await _store.VerifyAsync(Folder, CancellationToken.None);
        Assert.True(damage?.Defect is FailedBatchDefect.RecordsSha256 or FailedBatchDefect.RecordsLength, damage?.ToString());
    }

    [Fact]
    public async Task A_manifest_under_another_class_or_hour_is_found()
    {
        foreach (var folder in new[] { Folder.Replace("poison", "permanent", StringComparison.Ordinal), Folder.Replace("hour=12", "hour=13", StringComparison.Ordinal) })
        {
            _objects.Tamper(folder + "manifest.json", _objects.Peek(ManifestKey));
            _objects.Tamper(folder + "records.jsonl.gz", _objects.Peek(RecordsKey));

            Assert.Equal(FailedBatchDefect.ManifestOfAnotherBatch, (await _store.VerifyAsync(folder, CancellationToken.None))?.Defect);
        }
    }

    [Fact]
    public async Task A_manifest_of_a_newer_form_is_named_as_such()
    {
        _objects.Tamper(ManifestKey, FailedManifestCodec.Encode(_manifest with { Format = 2 }));
        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestFormat);

        _objects.Tamper(ManifestKey, SealedJson.Seal("manifest", new Dictionary<string, int>(StringComparer.Ordinal) { ["format"] = 2 }));
        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestFormat);
        await AssertListedAsync(FailedBatchDefect.ManifestFormat, hasManifest: false);
    }

    [Fact]
    public async Task A_forged_id_is_found()
    {
        // Sealed anew, so that only the id tells: it is made of the records' hash.
        _objects.Tamper(ManifestKey, FailedManifestCodec.Encode(_manifest with { ObjectSha256 = _other.ObjectSha256 }));
        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestOfAnotherBatch);

        _objects.Tamper(ManifestKey, FailedManifestCodec.Encode(_manifest with { Group = "others" }));
        await AssertNothingIsReadAsync(FailedBatchDefect.ManifestOfAnotherBatch);
    }

    [Fact]
    public async Task Counts_that_differ_are_found()
    {
        foreach (var wrong in new[]
        {
            _manifest with { Records = 4 }, _manifest with { Events = 18 }, _manifest with { Bytes = 1 }, _manifest with { Projects = [] },
            _manifest with { Reasons = [] }, _manifest with { Sources = [_manifest.Sources[0]] },
        })
        {
            _objects.Tamper(ManifestKey, FailedManifestCodec.Encode(wrong));
            await AssertNothingIsReadAsync(FailedBatchDefect.Counts);
        }
    }

    [Fact]
    public void A_records_object_that_ends_early_or_holds_no_records_is_named_by_its_line()
    {
        var whole = _objects.Peek(RecordsKey)!;
        var text = Unpack(whole);
        var lines = text.Split('\n');

        AssertDecodeFails(FailedBatchDefect.RecordsGzip, "ends within line", Pack(text[..^1]));
        AssertDecodeFails(FailedBatchDefect.RecordsGzip, "does not unpack", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
        AssertDecodeFails(FailedBatchDefect.RecordsLine, "line 2 is no record", Pack(lines[0] + "\n{}\n"));
        AssertDecodeFails(FailedBatchDefect.RecordsLine, "line 1 is no record", Pack("null\n"));
        AssertDecodeFails(FailedBatchDefect.RecordsLine, "line 1 is no record", Pack("\n"));
        AssertDecodeFails(FailedBatchDefect.RecordsLine, "line 2 is no record", Pack(lines[0] + "\n" + lines[1].Replace("\"offset\":103", "\"offset\":\"x\"", StringComparison.Ordinal) + "\n"));
        AssertDecodeFails(FailedBatchDefect.RecordsLine, "line 1 is no record", Pack(lines[0].Replace("\"value\":\"", "\"value\":\"!", StringComparison.Ordinal) + "\n"));
        Assert.Empty(FailedRecordsCodec.Decode("k", Pack("")));
        Assert.Equal(5, FailedRecordsCodec.Decode("k", whole).Count());
    }

    [Fact]
    public void A_cut_gzip_never_gives_all_records()
    {
        var whole = _objects.Peek(RecordsKey)!;

        // The last bytes are the end mark of the last block, its checksum and its length: behind every line.
        for (var length = 0; length < whole.Length - 12; length++)
        {
            var count = 0;
            try
            {
                count = FailedRecordsCodec.Decode("k", whole[..length]).Count();
            }
            catch (FailedBatchDamagedException damaged)
            {
                Assert.Equal(FailedBatchDefect.RecordsGzip, damaged.Damage.Defect);
            }

            Assert.True(count < 5, $"{length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public async Task What_is_no_batch_is_listed_as_that()
    {
        _objects.Tamper("failed/readme.txt", [1]);
        _objects.Tamper("failed/date=2026-11-21/hour=12/class=poison/batch=mine/records.jsonl.gz", [1]);
        _objects.Tamper("elsewhere/x", [1]);

        var entries = await ListAsync();

        Assert.Equal(2, entries.Count(entry => entry.Damage is null && entry.Manifest is not null));
        Assert.Equal(2, entries.Count(entry => entry.Damage?.Defect == FailedBatchDefect.Key));
        Assert.Equal(4, entries.Count);
    }

    [Fact]
    public async Task A_damaged_note_is_named_behind_the_good_ones_and_its_number_stays_taken()
    {
        var first = await _store.AppendAttemptAsync(_manifest, FailureStoreTests.Attempt("a"), CancellationToken.None);
        await _store.AppendAttemptAsync(_manifest, FailureStoreTests.Attempt("b"), CancellationToken.None);
        var damaged = _objects.Peek(Folder + "attempt-0001.json")!;
        damaged = [.. damaged];
        damaged[100] ^= 1;
        _objects.Tamper(Folder + "attempt-0001.json", damaged);

        var third = await _store.AppendAttemptAsync(_manifest, FailureStoreTests.Attempt("c"), CancellationToken.None);

        var read = new List<ReplayAttempt>();
        var error = await Assert.ThrowsAsync<FailedBatchDamagedException>(async () =>
        {
            await foreach (var attempt in _store.ReadAttemptsAsync(_manifest, CancellationToken.None))
            {
                read.Add(attempt);
            }
        });
        Assert.Equal(["b", "c"], read.Select(attempt => attempt.JobId));
        Assert.Equal((1, 3), (first.Number, third.Number));
        Assert.Equal(FailedBatchDefect.AttemptDamaged, error.Damage.Defect);
        Assert.Contains("attempt-0001.json", error.Damage.Detail, StringComparison.Ordinal);
    }

    private static void AssertDecodeFails(FailedBatchDefect defect, string detail, byte[] packed)
    {
        var error = Assert.Throws<FailedBatchDamagedException>(() => FailedRecordsCodec.Decode("k", packed).Count());
        Assert.Equal(defect, error.Damage.Defect);
        Assert.Contains(detail, error.Damage.Detail, StringComparison.Ordinal);
    }

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static string Unpack(byte[] packed)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private void Swap(string a, string b)
    {
        var (first, second) = (_objects.Peek(a), _objects.Peek(b));
        _objects.Tamper(a, second);
        _objects.Tamper(b, first);
    }

    private async Task AssertNothingIsReadAsync(FailedBatchDefect defect)
    {
        var error = await Assert.ThrowsAsync<FailedBatchDamagedException>(async () => await _store.ReadAsync(_manifest, CancellationToken.None));
        Assert.Equal(defect, error.Damage.Defect);
        Assert.Contains(Folder, error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Damage, await _store.VerifyAsync(Folder, CancellationToken.None));
    }

    private async Task AssertListedAsync(FailedBatchDefect defect, bool hasManifest)
    {
        var entries = await ListAsync();
        var damaged = Assert.Single(entries, entry => entry.Folder == Folder);
        Assert.Equal((defect, hasManifest), (damaged.Damage!.Defect, damaged.Manifest is not null));
        Assert.Null(Assert.Single(entries, entry => entry.Folder == FailureStore.FolderOf(_other)).Damage);
    }

    private async Task<List<FailedBatchEntry>> ListAsync() => await _store.ListAsync(null, null, CancellationToken.None).ToListAsync();
}
