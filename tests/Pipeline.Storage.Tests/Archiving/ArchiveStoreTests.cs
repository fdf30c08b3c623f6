using Pipeline.Schemas.Records;
using Pipeline.Storage.Archiving;
using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Tests.Archiving;

/// <summary>What is archived comes back byte for byte, or not at all.</summary>
public sealed class ArchiveStoreTests
{
    private const string Topic = TestFailedBatches.Topic;
    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);
    private readonly ArchiveStore _archive;

    public ArchiveStoreTests() => _archive = new ArchiveStore(_objects, "1.2.3");

    [Fact]
    public async Task Records_come_back_as_they_were_and_their_key_says_where_they_lay()
    {
        var records = Records(100, 120);
        var broken = Broken(120);

        var manifest = await WriteAsync([.. records, broken]);

        Assert.Equal(
            [
                "archive/topic=traces/date=2026-11-21/hour=12/partition=1/offsets=00000000000000000100-00000000000000000120.jsonl.gz",
                "archive/topic=traces/date=2026-11-21/hour=12/partition=1/offsets=00000000000000000100-00000000000000000120.manifest.json",
            ],
            _objects.Keys);
        Assert.Equal((21, 20 * 2 + 1, "1.2.3"), (manifest.Records, manifest.Events, manifest.SoftwareVersion));
        Assert.Equal(["", "project-a"], manifest.Projects.Select(project => project.ProjectId));
        AssertSame([.. records, broken], await ReadAsync(100, 121));
        AssertSame([.. records.Skip(7).Take(3)], await ReadAsync(107, 110));
    }

    [Fact]
    public async Task The_same_records_again_change_nothing_whichever_version_packed_them()
    {
        var first = await WriteAsync(Records(0, 10));
        var before = _objects.Keys.ToDictionary(key => key, key => Convert.ToHexString(_objects.Peek(key)!), StringComparer.Ordinal);

        var second = await new ArchiveStore(_objects, "2.0.0").WriteAsync(Records(0, 10), CancellationToken.None);

        Assert.Equal(first.SoftwareVersion, second.SoftwareVersion);
        Assert.Equal(before, _objects.Keys.ToDictionary(key => key, key => Convert.ToHexString(_objects.Peek(key)!), StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_has_no_manifest_does_not_count()
    {
        _objects.Plan = call => call.Operation == ObjectOperation.Put && call.Key.EndsWith("manifest.json", StringComparison.Ordinal) ? ObjectPlan.Failed() : ObjectPlan.Done;
        await Assert.ThrowsAsync<ObjectStoreException>(() => WriteAsync(Records(0, 10)));
        Assert.Empty(await new ArchiveReader(_objects).CoverAsync(Topic, 1, 0, 10, CancellationToken.None));

        _objects.Plan = null;
        await WriteAsync(Records(0, 10));
        AssertSame(Records(0, 10), await ReadAsync(0, 10));
    }

    [Fact]
    public async Task Objects_may_overlap_and_each_record_comes_once()
    {
        await WriteAsync(Records(0, 10));
        await WriteAsync(Records(5, 8));
        await WriteAsync(Records(5, 20));

        AssertSame(Records(0, 20), await ReadAsync(0, 20));
        Assert.Equal([new ArchivedRange(3, 20)], await new ArchiveReader(_objects).CoverAsync(Topic, 1, 3, 50, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_not_archived_is_refused_and_the_cover_says_what_is()
    {
        await WriteAsync(Records(0, 10));
        await WriteAsync(Records(12, 15));

        Assert.Equal([new ArchivedRange(0, 10), new ArchivedRange(12, 15)], await new ArchiveReader(_objects).CoverAsync(Topic, 1, 0, 100, CancellationToken.None));
        Assert.Empty(await new ArchiveReader(_objects).CoverAsync(Topic, 2, 0, 100, CancellationToken.None));
        await Assert.ThrowsAsync<ArchiveDamagedException>(() => ReadAsync(8, 13));
    }

    [Fact]
    public async Task A_reader_sees_what_was_archived_after_it_first_looked_when_it_is_asked_for_it()
    {
        var reader = new ArchiveReader(_objects);
        await WriteAsync(Records(0, 10));
        await reader.ReadAsync(Topic, 1, 0, 10, CancellationToken.None);
        await WriteAsync(Records(10, 20));

        AssertSame(Records(5, 15), await reader.ReadAsync(Topic, 1, 5, 15, CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Any_changed_byte_and_any_missing_object_is_refused(int index)
    {
        await WriteAsync(Records(0, 3));
        var key = _objects.Keys[index];
        var whole = _objects.Peek(key)!;
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x10;
            _objects.Tamper(key, damaged);
            await Assert.ThrowsAsync<ArchiveDamagedException>(() => ReadAsync(0, 3));
        }

        _objects.Tamper(key, whole[..^1]);
        await Assert.ThrowsAsync<ArchiveDamagedException>(() => ReadAsync(0, 3));
        _objects.Tamper(key, null);
        await Assert.ThrowsAsync<ArchiveDamagedException>(() => ReadAsync(0, 3));
    }

    [Fact]
    public async Task A_damaged_object_is_passed_by_when_another_holds_the_same_records()
    {
        await WriteAsync(Records(0, 10));
        await WriteAsync(Records(0, 12));
        _objects.Tamper(_objects.Keys[0], [1, 2, 3]);

        AssertSame(Records(0, 12), await ReadAsync(0, 12));
    }

    [Fact]
    public async Task Two_whole_objects_that_disagree_are_refused()
    {
        await WriteAsync(Records(0, 10));
        await WriteAsync(Records(5, 12, seed: 2));

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => ReadAsync(0, 12));
        AssertSame(Records(0, 5), await ReadAsync(0, 5));
    }

    [Fact]
    public async Task Bytes_that_do_not_come_back_are_taken_away_and_written_again()
    {
        _objects.Plan = call => call is { Operation: ObjectOperation.Put, Attempt: 0 } ? ObjectPlan.Done with { StoredInstead = [1] } : ObjectPlan.Done;
        await Assert.ThrowsAsync<ObjectStoreException>(() => WriteAsync(Records(0, 10)));
        await Assert.ThrowsAsync<ObjectStoreException>(() => WriteAsync(Records(0, 10)));

        await WriteAsync(Records(0, 10));

        AssertSame(Records(0, 10), await ReadAsync(0, 10));
    }

    [Fact]
    public async Task Records_that_do_not_follow_each_other_are_no_object()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync([.. Records(0, 3), .. Records(4, 5)]));
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync([]));
    }

    private Task<ArchiveManifest> WriteAsync(IReadOnlyList<ArchivedRecord> records) => _archive.WriteAsync(records, CancellationToken.None).AsTask();

    private Task<IReadOnlyList<ArchivedRecord>> ReadAsync(long from, long to) => new ArchiveReader(_objects).ReadAsync(Topic, 1, from, to, CancellationToken.None).AsTask();

    private static List<ArchivedRecord> Records(int from, int to, int seed = 1) =>
        [.. Enumerable.Range(from, to - from).Select(offset => TestFailedBatches.Record("project-a", seed, partition: 1, offset, events: 2)).Select(Of)];

    private static ArchivedRecord Broken(long offset) => Of(TestFailedBatches.Broken(1, partition: 1, offset));

    private static ArchivedRecord Of(Storage.Failures.FailedRecord record) =>
        new(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value);

    private static void AssertSame(IReadOnlyList<ArchivedRecord> expected, IReadOnlyList<ArchivedRecord> actual)
    {
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));

        static (string, int, long, long, RecordHeaders, string) Describe(ArchivedRecord record) =>
            (record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, Convert.ToHexString(record.Value.Span));
    }
}
