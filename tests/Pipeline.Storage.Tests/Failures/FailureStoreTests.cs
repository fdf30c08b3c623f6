using System.IO.Compression;
using System.Text.Json.Nodes;
using Pipeline.Schemas.Errors;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Tests.Failures;

public sealed class FailureStoreTests
{
    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);
    private readonly FailureStore _store;

    public FailureStoreTests() => _store = new FailureStore(_objects, "1.2.3");

    [Fact]
    public async Task Records_come_back_as_they_were_in_the_order_of_their_places()
    {
        var batch = TestFailedBatches.Typical();

        var manifest = await WriteAsync(batch);
        var read = await _store.ReadAsync(manifest, CancellationToken.None);

        var expected = batch.Records.OrderBy(record => record.Partition).ThenBy(record => record.Offset).ToList();
        Assert.Equal(expected.Count, read.Count);
        foreach (var (was, isNow) in expected.Zip(read))
        {
            Assert.True(was.Value.Span.SequenceEqual(isNow.Value.Span));
            Assert.Equal((was.Topic, was.Partition, was.Offset, was.AppendedAtMicros, was.Headers), (isNow.Topic, isNow.Partition, isNow.Offset, isNow.AppendedAtMicros, isNow.Headers));
            Assert.Equal(was.Decoded?.RecordId, isNow.Decoded?.RecordId);
            Assert.Equal(was.Failures, isNow.Failures);
        }

        Assert.Null(await _store.VerifyAsync(FailureStore.FolderOf(manifest), CancellationToken.None));
    }

    [Fact]
    public async Task Keys_say_when_why_and_which()
    {
        var poison = await WriteAsync(TestFailedBatches.Typical());
        var permanent = await WriteAsync(TestFailedBatches.Typical() with { Class = ErrorClass.Permanent });

        var hour = "failed/date=2026-11-21/hour=12";
        Assert.Equal(poison.BatchId, permanent.BatchId);
        Assert.Equal(
            [
                $"{hour}/class=permanent/batch={poison.BatchId}/manifest.json", $"{hour}/class=permanent/batch={poison.BatchId}/records.jsonl.gz",
                $"{hour}/class=poison/batch={poison.BatchId}/manifest.json", $"{hour}/class=poison/batch={poison.BatchId}/records.jsonl.gz",
            ],
            _objects.Keys);
    }

    [Fact]
    public async Task The_manifest_counts_what_is_inside()
    {
        var manifest = await WriteAsync(TestFailedBatches.Typical());

        Assert.Equal((FailedBatchManifest.CurrentFormat, "writers", ErrorClass.Poison, 469, 3, "1.2.3"),
            (manifest.Format, manifest.Group, manifest.Class, manifest.Code, manifest.Attempts, manifest.SoftwareVersion));
        Assert.Equal((5, 17), (manifest.Records, manifest.Events));
        Assert.Equal([new ProjectCount("", 1, 1), new ProjectCount("project-a", 3, 13), new ProjectCount("project-b", 1, 3)], manifest.Projects);
        Assert.Equal([new SourceRange("traces", 0, 100, 103, 2), new SourceRange("traces", 1, 7, 9, 3)], manifest.Sources);
        Assert.Equal(
            [new ReasonCount("malformed_record", "", "", 0, 1), new ReasonCount("refused_row", "observation_states", "usage", 469, 4)], manifest.Reasons);
        Assert.Equal(TestFailedBatches.Typical().Records.Sum(record => record.Value.Length), manifest.Bytes);
        Assert.Equal(_objects.Peek(_objects.Keys[1])!.Length, manifest.ObjectBytes);
        Assert.Equal("2026-11-21T12:33:13.7890110+00:00", manifest.FirstReceivedAt.ToString("O"));
        Assert.Equal("2026-11-21T12:34:49.7890110+00:00", manifest.LastReceivedAt.ToString("O"));
    }

    [Fact]
    public async Task Lines_are_plain_json_for_other_tools()
    {
        await WriteAsync(TestFailedBatches.Typical());

        var lines = Unpack(_objects.Peek(_objects.Keys[1])!).Split('\n');

        Assert.Equal("", lines[^1]);
        var objects = lines[..^1].Select(line => (JsonObject)JsonNode.Parse(line)!).ToList();
        Assert.Equal(5, objects.Count);
        Assert.Equal(
            [
                "project_id", "record_id", "request_id", "received_at", "topic", "partition", "offset", "appended_at", "schema_version", "trace_parent",
                "payload_kind", "lane", "attempt", "events", "failures", "value",
            ],
            objects[0].Select(field => field.Key));
        Assert.Equal("project-a", (string?)objects[0]["project_id"]);
        Assert.Equal("otlp_spans", (string?)objects[0]["payload_kind"]);
        Assert.Equal("2026-11-21T12:33:16.789011Z", (string?)objects[0]["received_at"]);
        var failure = """{"position":0,"class":"poison","reason":"refused_row","detail":"é漢😀 \"quoted\" \\ </script>","code":469,"table":"observation_states","entity":"p/t/o","column":"usage","value_class":"text, 12 bytes"}""";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(failure), objects[0]["failures"]![0]));
        Assert.Equal(TestFailedBatches.Typical().Records[1].Value.ToArray(), Convert.FromBase64String((string)objects[0]["value"]!));
        Assert.Null(objects[^1]["received_at"]);
        Assert.Null(objects[^1]["record_id"]);
        Assert.Equal("none", (string?)objects[^1]["payload_kind"]);
    }

    [Fact]
    public async Task The_manifest_is_snake_case_json_beside_its_own_hash()
    {
        await WriteAsync(TestFailedBatches.Typical());

        var envelope = (JsonObject)JsonNode.Parse(_objects.Peek(_objects.Keys[0]))!;

        Assert.Equal(["sha256", "manifest"], envelope.Select(field => field.Key));
        Assert.Equal("poison", (string?)envelope["manifest"]!["class"]);
        Assert.Equal("2026-11-21T12:34:56.789012Z", (string?)envelope["manifest"]!["failed_at"]);
        Assert.Equal(13, (int)envelope["manifest"]!["projects"]![1]!["events"]!);
    }

    [Fact]
    public async Task Equal_records_give_equal_bytes_in_whatever_order_they_come()
    {
        var batch = TestFailedBatches.Typical();
        await WriteAsync(batch);
        var other = new InMemoryObjectStore(TimeProvider.System);

        await new FailureStore(other, "1.2.3").WriteAsync(batch with { Records = [.. batch.Records.Reverse()] }, CancellationToken.None);

        Assert.Equal(_objects.Keys, other.Keys);
        Assert.All(_objects.Keys, key => Assert.Equal(_objects.Peek(key), other.Peek(key)));
    }

    [Fact]
    public async Task The_same_batch_again_is_kept_once_with_its_first_manifest()
    {
        var first = await WriteAsync(TestFailedBatches.Typical());
        var before = _objects.Keys.Select(_objects.Peek).ToList();

        var again = await WriteAsync(TestFailedBatches.Typical() with { FailedAtMicros = TestFailedBatches.FailedAtMicros + 1_000_000, Attempts = 9 });

        Assert.Equal((first.FailedAt, first.Attempts, first.BatchId), (again.FailedAt, again.Attempts, again.BatchId));
        Assert.Equal(before, _objects.Keys.Select(_objects.Peek));
    }

    [Fact]
    public async Task Other_records_or_another_group_are_another_batch()
    {
        var ids = new[]
        {
            await WriteAsync(TestFailedBatches.Typical()),
            await WriteAsync(TestFailedBatches.Typical(seed: 2)),
            await WriteAsync(TestFailedBatches.Typical() with { Group = "others" }),
        }.Select(manifest => manifest.BatchId).ToList();

        Assert.Equal(ids, ids.Distinct());
        Assert.All(ids, id => Assert.Equal(5, id.Version));
    }

    [Fact]
    public async Task Any_text_and_any_bytes_are_kept()
    {
        var record = TestFailedBatches.Broken(1, 0, 0) with
        {
            Value = ReadOnlyMemory<byte>.Empty,
            AppendedAtMicros = long.MaxValue,
            Headers = new RecordHeaders("\ud800 \0 \n", ""),
            Failures = [new RecordFailure(ErrorClass.Poison, "r", "\udc00\ud800 \0\u001f\u2028"), new RecordFailure(ErrorClass.Permanent, "s", "")],
        };

        var manifest = await WriteAsync(TestFailedBatches.Of([record]) with { Error = "\ud800\n" });
        var read = Assert.Single(await _store.ReadAsync(manifest, CancellationToken.None));

        Assert.True(read.Value.IsEmpty);
        Assert.Equal("\ufffd \0 \n", read.Headers.SchemaVersion);
        Assert.Equal("\ufffd\ufffd \0\u001f\u2028", read.Failures[0].Detail);
        Assert.Equal(ErrorClass.Permanent, read.Failures[1].Class);
        Assert.Equal(manifest.FailedAt, manifest.FirstReceivedAt);
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Large_records_come_back()
    {
        var records = Enumerable.Range(0, 6).Select(i => TestFailedBatches.Record("p", 1, 0, i, 1, payloadBytes: i % 2 == 0 ? 10 : 3_000_000)).ToList();

        var manifest = await WriteAsync(TestFailedBatches.Of(records));

        var read = await _store.ReadAsync(manifest, CancellationToken.None);
        Assert.All(records.Zip(read), pair => Assert.True(pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span)));
    }

    [Fact]
    public async Task What_waiting_helps_is_no_failed_batch()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(TestFailedBatches.Of([])));
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(TestFailedBatches.Typical() with { Class = ErrorClass.Transient }));
        Assert.Empty(_objects.Keys);
    }

    [Fact]
    public async Task A_listing_is_cut_to_the_times_asked_for()
    {
        var start = TestFailedBatches.FailedAtMicros;
        var manifests = new List<FailedBatchManifest>();
        for (var i = 0; i < 6; i++)
        {
            manifests.Add(await WriteAsync(TestFailedBatches.Typical(i) with { FailedAtMicros = start + (i * 20L * 60 * 1_000_000) }));
        }

        for (var from = 0; from < 6; from++)
        {
            for (var to = from; to < 6; to++)
            {
                var listed = await ListAsync(manifests[from].FailedAt, manifests[to].FailedAt.ToOffset(TimeSpan.FromHours(-9)));
                Assert.Equal(manifests[from..to].Select(manifest => manifest.BatchId).Order(), listed.Select(entry => entry.Manifest!.BatchId).Order());
            }
        }

        Assert.Equal(6, (await ListAsync()).Count);
        Assert.Equal(3, (await ListAsync(from: manifests[3].FailedAt)).Count);
        Assert.Equal(3, (await ListAsync(to: manifests[3].FailedAt)).Count);
    }

    [Fact]
    public async Task Replays_are_noted_in_order_and_once()
    {
        var manifest = await WriteAsync(TestFailedBatches.Typical());
        Assert.Empty(await _store.ReadAttemptsAsync(manifest, CancellationToken.None).ToListAsync());

        var first = await _store.AppendAttemptAsync(manifest, Attempt("job-1"), CancellationToken.None);
        var again = await _store.AppendAttemptAsync(manifest, Attempt("job-1"), CancellationToken.None);
        var second = await _store.AppendAttemptAsync(manifest, Attempt("job-2") with { Error = "é" }, CancellationToken.None);

        Assert.Equal((1, 1, 2), (first.Number, again.Number, second.Number));
        Assert.Equal([first, second], await _store.ReadAttemptsAsync(manifest, CancellationToken.None).ToListAsync());
        Assert.Contains($"{FailureStore.FolderOf(manifest)}attempt-0002.json", _objects.Keys);
        Assert.Null(Assert.Single(await ListAsync()).Damage);
    }

    [Fact]
    public async Task Two_jobs_that_note_at_once_take_two_numbers()
    {
        var manifest = await WriteAsync(TestFailedBatches.Typical());

        // The other job's note appears between the look at the numbers and the write.
        var isOther = false;
        _objects.Plan = call =>
        {
            if (call.Operation == ObjectOperation.Put && !isOther)
            {
                isOther = true;
                _objects.Tamper(call.Key, FailedManifestCodec.Encode(Attempt("other") with { Number = 1 }));
            }

            return ObjectPlan.Done;
        };
        var noted = await _store.AppendAttemptAsync(manifest, Attempt("mine"), CancellationToken.None);

        Assert.Equal(2, noted.Number);
        Assert.Equal(["other", "mine"], (await _store.ReadAttemptsAsync(manifest, CancellationToken.None).ToListAsync()).Select(attempt => attempt.JobId));
    }

    [Fact]
    public async Task Deleting_leaves_nothing_and_the_manifest_goes_last()
    {
        var kept = await WriteAsync(TestFailedBatches.Typical(seed: 2));
        var manifest = await WriteAsync(TestFailedBatches.Typical());
        await _store.AppendAttemptAsync(manifest, Attempt("job"), CancellationToken.None);
        _objects.Calls.Clear();

        await _store.DeleteAsync(manifest, CancellationToken.None);
        await _store.DeleteAsync(manifest, CancellationToken.None);

        Assert.Equal(kept.BatchId, Assert.Single(await ListAsync()).Manifest!.BatchId);
        Assert.EndsWith("manifest.json", _objects.Calls.Where(call => call.Operation == ObjectOperation.Delete).ElementAt(2).Key, StringComparison.Ordinal);
        Assert.Equal(2, _objects.Keys.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("failed/")]
    [InlineData("failed/date=2026-11-21/hour=12/class=poison/")]
    [InlineData("failed/date=2026-11-21/hour=12/class=poison/batch=x/")]
    [InlineData("failed/date=2026-11-21/hour=24/class=poison/batch=0193f7ad-8d4f-7c3e-9a3b-0123456789ab/")]
    [InlineData("failed/date=2026-11-21/hour=12/class=transient/batch=0193f7ad-8d4f-7c3e-9a3b-0123456789ab/")]
    [InlineData("other/date=2026-11-21/hour=12/class=poison/batch=0193f7ad-8d4f-7c3e-9a3b-0123456789ab/")]
    [InlineData("failed/date=2026-11-21/hour=12/class=poison/batch=0193F7AD-8d4f-7c3e-9a3b-0123456789ab/")]
    public async Task Only_folders_of_batches_are_opened_or_deleted(string folder)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.ReadManifestAsync(folder, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.DeleteAsync(folder, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.VerifyAsync(folder, CancellationToken.None));
    }

    internal static ReplayAttempt Attempt(string jobId) => new()
    {
        JobId = jobId,
        Actor = "somebody",
        Reason = "column was added",
        StartedAt = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.FromHours(2)).AddTicks(7),
        FinishedAt = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero),
        Attempted = 17,
        Stored = 10,
        Unchanged = 5,
        Failed = 2,
    };

    private static string Unpack(byte[] packed)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private Task<FailedBatchManifest> WriteAsync(FailedBatch batch) => _store.WriteAsync(batch, CancellationToken.None).AsTask();

    private async Task<List<FailedBatchEntry>> ListAsync(DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        await _store.ListAsync(from, to, CancellationToken.None).ToListAsync();
}
