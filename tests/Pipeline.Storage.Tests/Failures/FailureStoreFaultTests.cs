using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Simulation;
using Pipeline.Testing.Time;

namespace Pipeline.Storage.Tests.Failures;

/// <summary>A batch counts as kept only when it is.</summary>
public sealed class FailureStoreFaultTests
{
    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);
    private readonly FailureStore _store;

    public FailureStoreFaultTests() => _store = new FailureStore(_objects);

    [Fact]
    public async Task A_store_that_fails_at_any_call_is_told_and_the_next_write_keeps_the_batch()
    {
        for (var failing = 0; failing < 4; failing++)
        {
            foreach (var isLostAnswer in new[] { false, true })
            {
                foreach (var key in _objects.Keys)
                {
                    _objects.Tamper(key, null);
                }

                var calls = 0;
                _objects.Plan = _ => calls++ != failing ? ObjectPlan.Done : isLostAnswer ? ObjectPlan.AnswerLost() : ObjectPlan.Failed("SlowDown");
                await Assert.ThrowsAsync<ObjectStoreException>(WriteAsync);
                _objects.Plan = null;

                var manifest = await WriteAsync();

                Assert.Equal(5, (await _store.ReadAsync(manifest, CancellationToken.None)).Count);
                Assert.Equal(2, _objects.Keys.Count);
            }
        }
    }

    [Fact]
    public async Task Records_without_their_manifest_are_listed_as_that()
    {
        _objects.Plan = call => call.Key.EndsWith("manifest.json", StringComparison.Ordinal) ? ObjectPlan.Failed() : ObjectPlan.Done;
        await Assert.ThrowsAsync<ObjectStoreException>(WriteAsync);
        _objects.Plan = null;

        var entry = Assert.Single(await _store.ListAsync(null, null, CancellationToken.None).ToListAsync());

        Assert.Equal((FailedBatchDefect.ManifestMissing, null), (entry.Damage?.Defect, entry.Manifest));
        await _store.DeleteAsync(entry.Folder, CancellationToken.None);
        Assert.Empty(_objects.Keys);
    }

    [Theory]
    [InlineData("records.jsonl.gz")]
    [InlineData("manifest.json")]
    public async Task A_store_that_keeps_other_bytes_is_not_believed_and_the_next_write_is_whole(string name)
    {
        _objects.Plan = call => call.Operation == ObjectOperation.Put && call.Key.EndsWith(name, StringComparison.Ordinal)
            ? ObjectPlan.Done with { StoredInstead = [1, 2, 3] }
            : ObjectPlan.Done;

        var error = await Assert.ThrowsAsync<ObjectStoreException>(WriteAsync);

        Assert.Equal(ErrorClass.Transient, error.Class);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        _objects.Plan = null;
        Assert.Equal(5, (await _store.ReadAsync(await WriteAsync(), CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData("records.jsonl.gz")]
    [InlineData("manifest.json")]
    public async Task What_lies_there_damaged_is_neither_believed_nor_touched(string name)
    {
        var manifest = await WriteAsync();
        var key = FailureStore.FolderOf(manifest) + name;
        var damaged = _objects.Peek(key)![..^1];
        _objects.Tamper(key, damaged);

        var error = await Assert.ThrowsAsync<ObjectStoreException>(WriteAsync);

        Assert.Equal(ErrorClass.Permanent, error.Class);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, _objects.Peek(key));
    }

    [Fact]
    public async Task A_store_that_overwrites_leaves_either_manifest_of_two_writers()
    {
        // Without conditional writes the other consumer's manifest can appear between the put and the look at it.
        var other = await new FailureStore(new InMemoryObjectStore(TimeProvider.System)).WriteAsync(TestFailedBatches.Typical() with { Attempts = 8 }, CancellationToken.None);
        _objects.Plan = call =>
        {
            if (call.Operation == ObjectOperation.Get && call.Key.EndsWith("manifest.json", StringComparison.Ordinal))
            {
                _objects.Tamper(call.Key, FailedManifestCodec.Encode(other));
            }

            return ObjectPlan.Done;
        };

        Assert.Equal(8, (await WriteAsync()).Attempts);

        Assert.Equal(2, _objects.Keys.Count);
    }

    [Fact]
    public async Task A_note_that_does_not_come_back_is_not_believed()
    {
        var manifest = await WriteAsync();
        _objects.Plan = call => call.Operation == ObjectOperation.Put ? ObjectPlan.Done with { StoredInstead = [] } : ObjectPlan.Done;
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await _store.AppendAttemptAsync(manifest, FailureStoreTests.Attempt("j"), CancellationToken.None));

        _objects.Plan = call => call.Operation == ObjectOperation.Put ? ObjectPlan.AnswerLost() : ObjectPlan.Done;
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await _store.AppendAttemptAsync(manifest, FailureStoreTests.Attempt("j"), CancellationToken.None));
        _objects.Plan = null;

        Assert.Equal(1, (await _store.AppendAttemptAsync(manifest, FailureStoreTests.Attempt("j"), CancellationToken.None)).Number);
        Assert.Single(await _store.ReadAttemptsAsync(manifest, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public void In_a_simulation_every_step_runs_on_the_tests_thread_and_a_crash_leaves_what_was_stored()
    {
        var clock = new ManualTimeProvider();
        var objects = new InMemoryObjectStore(clock) { Plan = _ => new ObjectPlan(TimeSpan.FromSeconds(1)) };
        var process = new SimulationContext();
        var write = process.Start(async () => await new FailureStore(objects).WriteAsync(TestFailedBatches.Typical(), CancellationToken.None));
        void Pass(int seconds)
        {
            for (var i = 0; i < seconds; i++)
            {
                process.Run();
                process.Inside(() => clock.Advance(TimeSpan.FromSeconds(1)));
                process.Run();
            }
        }

        Pass(seconds: 2);
        Assert.Single(objects.Keys);
        Assert.False(write.IsCompleted);
        process.Crash();

        process = new SimulationContext();
        write = process.Start(async () => await new FailureStore(objects).WriteAsync(TestFailedBatches.Typical(), CancellationToken.None));
        Pass(seconds: 4);
        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal(2, objects.Keys.Count);
    }

    private Task<FailedBatchManifest> WriteAsync() => _store.WriteAsync(TestFailedBatches.Typical(), CancellationToken.None).AsTask();
}
