using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.Tests.Merging;
using Pipeline.Testing.States;

namespace Pipeline.Storage.Tests;

public sealed class InMemoryStateStoreTests
{
    [Fact]
    public async Task Batches_in_any_order_and_any_number_merge_to_what_one_fold_gives()
    {
        var store = new InMemoryStateStore();
        var fold = new StateFold();
        for (var seed = 0; seed < 200; seed++)
        {
            var batch = Batch(seed);
            await InsertAsync(store, batch);
            await InsertAsync(store, batch);
        }

        for (var seed = 199; seed >= 0; seed--)
        {
            var batch = Batch(seed);
            batch.Observations.ForEach(fold.Add);
            batch.Traces.ForEach(fold.Add);
            batch.Scores.ForEach(fold.Add);
        }

        var expected = new StateBatch();
        fold.DrainInto(expected);
        var actual = new StateBatch();
        actual.Observations.AddRange(store.Observations.Values);
        actual.Traces.AddRange(store.Traces.Values);
        actual.Scores.AddRange(store.Scores.Values);
        Assert.Equal(StateText.Of(expected), StateText.Of(actual));
    }

    [Theory]
    [InlineData(InsertOutcome.Unavailable)]
    [InlineData(InsertOutcome.Overloaded)]
    [InlineData(InsertOutcome.Refused)]
    public async Task It_fails_as_it_is_told_and_then_takes_the_same_batch(InsertOutcome outcome)
    {
        var store = new InMemoryStateStore();
        store.AnswerNext(new InsertResult(outcome, 252, "told to"));
        using var prepared = store.Prepare(Batch(1));

        Assert.Equal(outcome, (await store.InsertAsync(prepared, CancellationToken.None)).Outcome);
        Assert.Empty(store.Traces);
        Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));
        Assert.Single(store.Traces);
        Assert.Equal((2, 1), (store.Attempts, store.Inserts));
    }

    [Fact]
    public async Task An_insert_whose_answer_was_lost_is_stored_all_the_same()
    {
        var store = new InMemoryStateStore { StoresWhenFailing = true, IsUp = false };

        Assert.Equal(InsertOutcome.Unavailable, (await InsertAsync(store, Batch(1))).Outcome);
        Assert.False(await store.IsReachableAsync(CancellationToken.None));
        Assert.Single(store.Traces);
    }

    [Fact]
    public async Task What_was_prepared_does_not_change_with_the_states_it_was_made_of()
    {
        var store = new InMemoryStateStore();
        var batch = Batch(1);
        using var prepared = store.Prepare(batch);
        batch.Traces[0].Name = Register<Schemas.Utf8Text>.Of(ulong.MaxValue, Schemas.Utf8Text.From("later"));

        await store.InsertAsync(prepared, CancellationToken.None);

        Assert.NotEqual(ulong.MaxValue, store.Traces.Values.Single().Name.Version);
    }

    [Fact]
    public async Task The_ledger_keeps_the_latest_attempt_and_the_largest_sequence()
    {
        var store = new InMemoryStateStore();
        foreach (var (attempt, sequence) in new[] { (1, 5L), (2, 7L), (1, 6L) })
        {
            var batch = new StateBatch();
            batch.Receipts.Add(Receipt(attempt));
            batch.Accounts.Add(new AccountReport("g", sequence, new GatewayAccount("p", 0, sequence)));
            batch.Rejected.Add(new RejectedEvent(null, "p", "topic", 0, 1, 2, "reason", "detail", default));
            await InsertAsync(store, batch);
        }

        Assert.Equal(2, store.Receipts.Values.Single().Attempt);
        Assert.Equal(7, store.Accounts.Single().Sequence);
        Assert.Single(store.Rejected);
    }

    private static async Task<InsertResult> InsertAsync(InMemoryStateStore store, StateBatch batch)
    {
        using var prepared = store.Prepare(batch);
        return await store.InsertAsync(prepared, CancellationToken.None);
    }

    private static StateBatch Batch(int seed)
    {
        var states = new RandomStates(new Random(seed));
        var batch = new StateBatch();
        batch.Observations.Add(states.Observation());
        batch.Traces.Add(states.Trace());
        batch.Scores.Add(states.Score());
        return batch;
    }

    private static Receipt Receipt(int attempt) => new()
    {
        RecordId = Guid.Parse("019a9f2e-1234-7abc-8def-0123456789ab"),
        ProjectId = "p",
        RequestId = "r",
        ReceivedAtMicros = 0,
        Topic = "topic",
        Partition = 0,
        Offset = 1,
        Attempt = attempt,
        PayloadKind = PayloadKind.LangfuseEvents,
        Accepted = 1,
        Stored = 1,
        Failed = 0,
        EventHashes = [],
        EntityHashes = [],
        TraceHashes = [],
    };
}
