using Npgsql;
using Pipeline.EndToEnd.Tests.Failures;
using Pipeline.Storage.Postgres;
using Pipeline.Testing.Time;

namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>The failures of the runbook's pages, one after the other on one pipeline.</summary>
internal sealed class RunbookCauses(FailingPipeline pipeline)
{
    private const int EventsPerBatch = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenRequests = TimeSpan.FromMilliseconds(300);

    private int _number;

    /// <summary>One for each page.</summary>
    internal IReadOnlyList<RunbookCause> All =>
    [
        new("A store, the log or the object store is away", KillEngineAsync, NothingAsync),
        new("The store is overloaded", StopMergesAsync, () => pipeline.ExecuteAsync("ALTER TABLE observation_states RESET SETTING parts_to_throw_insert")),
        new("The store refuses a table", TakeTableAwayAsync, () => pipeline.ExecuteAsync("RENAME TABLE score_states_away TO score_states")),
        new("Poison: single rows, events or bytes", () => PutAsideAsync(2), NothingAsync),
        new("A consumer is halted", SendOnlyPoisonAsync, pipeline.TakePoisonAsync),
        new("Records were put aside", () => PutAsideAgainAsync(3), pipeline.TakePoisonAsync),
        new("A failed batch is damaged", DamageAsync, FlipByteAsync),
        new("The index of failed batches was lost", DropIndexAsync, NothingAsync),
        new("The object store is away while batches fail", TakeObjectsAwayAsync, BringObjectsBackAsync),
        new("Unread records are near their expiry", NothingAsync, NothingAsync),
        new("The ledger has a gap", RemoveReceiptAsync, NothingAsync),
        new("The archive waits, or is damaged", NothingAsync, NothingAsync),
    ];

    private static Task NothingAsync() => Task.CompletedTask;

    private async Task KillEngineAsync()
    {
        await pipeline.Process.KillAsync("engine");
        await pipeline.SendAsync(Next(), 1, _ => false);
        await Until.TrueAsync("the consumer to log that the store is away", Limit, () => Logged("store does not take a batch (Unavailable"));
    }

    private async Task StopMergesAsync()
    {
        // Enough of them that they are merged at once when merges begin again.
        await pipeline.ExecuteAsync("ALTER TABLE observation_states MODIFY SETTING parts_to_throw_insert = 8");
        await pipeline.ExecuteAsync("SYSTEM STOP MERGES");
        await SendUntilAsync("the store is overloaded", () => pipeline.SendAsync(Next(), 1, _ => false));
        Assert.True(Logged("store does not take a batch (Overloaded, code 252"));
    }

    private async Task TakeTableAwayAsync()
    {
        await pipeline.ExecuteAsync("RENAME TABLE score_states TO score_states_away");
        await SendUntilAsync("(Writer:MaxRefusedBatches)", () => pipeline.SendScoreAsync(Next()));
        Assert.True(Logged("store refuses a batch (code 60)"));
    }

    private Task PutAsideAsync(int batches) => pipeline.PutAsideAsync(batches, EventsPerBatch, Next());

    private async Task SendOnlyPoisonAsync()
    {
        await pipeline.SendAsync(Next(), 200, _ => true);
        await UntilNotReadyAsync("(Writer:MaxPoisonRatio)");
    }

    // What pages before left aside is not this one's.
    private async Task PutAsideAgainAsync(int batches)
    {
        await pipeline.RefusePoisonAsync();
        var left = (await pipeline.RunAsync(0, "failed", "list")).GetProperty("batches").EnumerateArray().Select(batch => batch.GetProperty("id").GetString()!).ToList();
        if (left.Count > 0)
        {
            await pipeline.RunAsync(0, ["failed", "purge", .. left, "--force", "--yes", "--reason", "another page"]);
        }

        await PutAsideAsync(batches);
    }

    private async Task DamageAsync()
    {
        await PutAsideAgainAsync(2);
        await FlipByteAsync();
    }

    // Twice is as it was.
    private Task FlipByteAsync()
    {
        KeptObjects.FlipByte(pipeline.Kept.Folders()[0]);
        return Task.CompletedTask;
    }

    private async Task DropIndexAsync()
    {
        await using var source = NpgsqlDataSource.Create(PostgresAddress.ToConnectionString(pipeline.Process.Environment["POSTGRES_DSN"]));
        await using var command = source.CreateCommand("DROP TABLE failed_batches");
        await command.ExecuteNonQueryAsync();
    }

    private async Task TakeObjectsAwayAsync()
    {
        pipeline.Kept.TakeAway();
        await pipeline.SendAsync(Next(), EventsPerBatch, number => number % EventsPerBatch == 0);
        await UntilNotReadyAsync("the failure store does not take a batch");
    }

    private Task BringObjectsBackAsync()
    {
        pipeline.Kept.BringBack();
        return Task.CompletedTask;
    }

    // The last record of the pages before is stored and has no receipt any more: nobody can tell that it is.
    private async Task RemoveReceiptAsync()
    {
        // What other pages left aside is planned with the gap, and would not pass.
        await pipeline.TakePoisonAsync();
        await pipeline.SettleAsync();
        await pipeline.ExecuteAsync("ALTER TABLE receipts DELETE WHERE (partition, offset) IN (SELECT partition, max(offset) FROM receipts WHERE partition = 0 AND accepted > 0 GROUP BY partition) SETTINGS mutations_sync = 1");
        await pipeline.RunAsync(3, "ledger");
    }

    private async Task SendUntilAsync(string reason, Func<Task> send) => await Until.TrueAsync($"the consumer to say {reason}", Limit, async () =>
    {
        await send();
        await Task.Delay(BetweenRequests);
        return (await pipeline.ReadyAsync()).Text.Contains(reason, StringComparison.Ordinal);
    });

    private Task UntilNotReadyAsync(string reason) => Until.TrueAsync(
        $"the consumer to say {reason}", Limit, async () => (await pipeline.ReadyAsync()).Text.Contains(reason, StringComparison.Ordinal));

    private bool Logged(string text) => File.ReadAllText(Path.Combine(pipeline.Process.DataFolder, "logs", "consumer.log")).Contains(text, StringComparison.Ordinal);

    private int Next() => _number += 1_000;
}
