using System.Text.Json.Nodes;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Objects.Folders;
using Pipeline.Storage.Postgres.Audit;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Storage.Postgres.Replays;
using Pipeline.Storage.Replays;
using Pipeline.Testing;
using Pipeline.Testing.Failures;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Records;

namespace Pipeline.Cli.Tests.Failed;

/// <summary>The commands as people and scripts run them: arguments in, exit code, stdout and stderr out.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FailedCommandTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private const string Prompt = "what is the secret of the universe";

    private readonly string _folder = RepositoryFolders.CreateTemporary("failed");

    private FailureStore Failures => new(new FolderObjectStore(_folder), "1.2.3");

    public Task InitializeAsync() => PostgresServer.MissingReason is null ? new FailedBatchIndex(database.Source).ClearAsync(CancellationToken.None) : Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [PostgresFact]
    public async Task List_and_stats_show_what_passes_the_filters_and_a_time_without_a_zone_is_utc()
    {
        var failedAt = UnixMicros.ToDateTimeOffset(TestFailedBatches.FailedAtMicros);
        var first = await WriteAsync(1);
        var second = await WriteAsync(2, failedAt.AddHours(2));

        var all = await RunAsync("list", "--json");
        var since = await RunAsync("list", "--json", "--since", "2026-11-21T13:00", "--class", "poison");
        var zoned = await RunAsync("list", "--json", "--since", "2026-11-21T13:00+03:00");
        var text = await RunAsync("list", "--limit", "1");
        var ids = await RunAsync("list", "-q");
        var stats = await RunAsync("stats", "--json", "--by", "class", "--by", "project", "--table", "observation_states");
        var wrong = await RunAsync("list", "--since", "11/12/2026");

        Assert.Equal([$"{second.BatchId}", $"{first.BatchId}"], IdsIn(all));
        Assert.Equal([$"{second.BatchId}"], IdsIn(since));
        Assert.Contains("is taken as UTC", since.Errors, StringComparison.Ordinal);
        Assert.Equal(2, IdsIn(zoned).Count);
        Assert.Empty(zoned.Errors);
        Assert.Contains($"{second.BatchId}", text.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 2", text.Errors, StringComparison.Ordinal);
        Assert.Equal($"{second.BatchId}\n{first.BatchId}\n", ids.Output);
        var groups = JsonNode.Parse(stats.Output)!["by"]!;
        Assert.Equal(2, (int)groups["class"]![0]!["batches"]!);
        Assert.Equal(["", "project-a", "project-b"], groups["project"]!.AsArray().Select(group => (string)group!["value"]!));
        Assert.Equal(ExitCode.Usage, wrong.ExitCode);
    }

    [PostgresFact]
    public async Task Another_object_store_is_listed_from_its_beginning()
    {
        var manifest = await WriteAsync(1);
        Assert.Equal([$"{manifest.BatchId}"], IdsIn(await RunAsync("list", "--json")));

        var other = await RunAsync("list", "--json", "--set", $"OBJECT_STORE={Path.Combine(_folder, "other")}");

        Assert.Empty(IdsIn(other));
        Assert.Equal([$"{manifest.BatchId}"], IdsIn(await RunAsync("list", "--json")));
    }

    [PostgresFact]
    public async Task Show_prints_what_is_wrong_and_prints_content_only_when_it_is_asked_for()
    {
        var manifest = await Failures.WriteAsync(TestFailedBatches.Of([PromptRecord()]), CancellationToken.None);
        await Failures.AppendAttemptAsync(manifest, Attempt(failed: 1), CancellationToken.None);

        var plain = await RunAsync("show", $"{manifest.BatchId}");
        var records = await RunAsync("show", $"{manifest.BatchId}", "--json", "--records");
        var content = await RunAsync("show", $"{manifest.BatchId}", "--json", "--content");
        var missing = await RunAsync("show", $"{Guid.NewGuid()}");

        Assert.Equal(ExitCode.Ok, plain.ExitCode);
        foreach (var said in new[] { "failed_again", "refused_row", "observation_states", "text, 12 bytes", "job-1", manifest.ObjectSha256 })
        {
            Assert.Contains(said, plain.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Prompt, plain.Output + plain.Errors + records.Output, StringComparison.Ordinal);
        Assert.Equal(42, (int)JsonNode.Parse(records.Output)![0]!["records"]![0]!["coordinates"]!["offset"]!);
        Assert.Equal(Prompt, (string)JsonNode.Parse(content.Output)![0]!["records"]![0]!["content"]![0]!["body"]!["input"]!);
        Assert.Equal(ExitCode.NotFound, missing.ExitCode);
    }

    [PostgresFact]
    public async Task Verify_exits_with_one_and_names_the_defect_of_a_changed_byte()
    {
        var whole = await WriteAsync(1);
        var damaged = await WriteAsync(2);
        Assert.Equal(ExitCode.Ok, (await RunAsync("verify")).ExitCode);
        var path = Path.Combine(_folder, FailureStore.FolderOf(damaged), "records.jsonl.gz");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^20] ^= 1;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(path, bytes);

        var all = await RunAsync("verify", "--json");
        var one = await RunAsync("verify", $"{whole.BatchId}");

        Assert.Equal((ExitCode.Failed, ExitCode.Ok), (all.ExitCode, one.ExitCode));
        var report = JsonNode.Parse(all.Output)!;
        Assert.Equal(2, (int)report["verified"]!);
        Assert.Equal(($"{damaged.BatchId}", "records_sha256"), ((string)report["damaged"]![0]!["id"]!, (string)report["damaged"]![0]!["defect"]!));
        Assert.Contains("1 batches read, 0 damaged", one.Output, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Purge_deletes_only_what_was_replayed_and_audits_who_and_why()
    {
        var waiting = await WriteAsync(1);
        var replayed = await WriteAsync(2);
        await Failures.AppendAttemptAsync(replayed, Attempt(failed: 0), CancellationToken.None);

        var dry = await RunAsync("purge", "--dry-run");
        var purged = await RunAsync("purge", "--reason", "stored by job 1", "--yes", "--json");
        var again = await RunAsync("purge", "--reason", "stored by job 1", "--yes");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok, ExitCode.Ok), (dry.ExitCode, purged.ExitCode, again.ExitCode));
        Assert.Contains("would delete 1 batches", dry.Output, StringComparison.Ordinal);
        Assert.Equal([$"{replayed.BatchId}"], IdsIn(purged));
        Assert.Contains("deleted 0 batches", again.Output, StringComparison.Ordinal);
        Assert.Equal([$"{waiting.BatchId}"], IdsIn(await RunAsync("list", "--json")));
        Assert.False(File.Exists(Path.Combine(_folder, FailureStore.FolderOf(replayed), "manifest.json")));
        var entry = Assert.Single(await new AuditLog(database.Source).ReadAsync($"{replayed.BatchId}", 10, CancellationToken.None));
        Assert.Equal(("anna", "failed.purge", "stored by job 1", replayed.ObjectSha256), (entry.Actor, entry.Action, entry.Reason, entry.Detail["sha256"]));
    }

    [PostgresFact]
    public async Task Purge_refuses_what_it_must_not_delete()
    {
        var waiting = await WriteAsync(1);
        var id = $"{waiting.BatchId}";
        var jobs = new PostgresReplayJobs(database.Source);

        Assert.Equal(ExitCode.Usage, (await RunAsync("purge", "--yes")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("purge", "--reason", "x")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("purge", "--reason", "x", "--yes", "--force")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("purge", "--reason", "x", "--yes", "--state", "waiting")).ExitCode);
        Assert.Equal(ExitCode.Failed, (await RunAsync("purge", id, "--reason", "x", "--yes")).ExitCode);
        Assert.Equal(ExitCode.NotFound, (await RunAsync("purge", $"{Guid.NewGuid()}", "--reason", "x", "--yes")).ExitCode);

        var job = new ReplayJob
        {
            Id = Guid.CreateVersion7(),
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Actor = "bert",
            Reason = "test",
            State = ReplayJobState.Paused,
            Limits = new ReplayLimits(),
            Forecast = [],
            Pieces = 1,
        };
        await jobs.CreateAsync(job, [ReplaySource.Batch(waiting.BatchId)], CancellationToken.None);
        var referred = await RunAsync("purge", id, "--reason", "x", "--yes", "--force");
        Assert.Equal(ExitCode.Failed, referred.ExitCode);
        Assert.Contains($"{job.Id}", referred.Errors, StringComparison.Ordinal);
        Assert.Null(await Failures.VerifyAsync(FailureStore.FolderOf(waiting), CancellationToken.None));

        await jobs.ChangeStateAsync(job.Id, [ReplayJobState.Paused], ReplayJobState.Cancelled, "bert", "", CancellationToken.None);
        Assert.Equal(ExitCode.Ok, (await RunAsync("purge", id, "--reason", "x", "--yes", "--force")).ExitCode);
        Assert.Empty(IdsIn(await RunAsync("list", "--json")));
    }

    [PostgresFact]
    public async Task An_index_that_was_dropped_is_made_again_row_by_row_the_same()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var manifest = await WriteAsync(seed, UnixMicros.ToDateTimeOffset(TestFailedBatches.FailedAtMicros).AddHours(seed));
            for (var attempt = 0; attempt < seed % 3; attempt++)
            {
                await Failures.AppendAttemptAsync(manifest, Attempt(failed: 1 - attempt), CancellationToken.None);
            }
        }

        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "failed", "date=2026-11-21", "hour=12")).FullName, "stranger"), "x");
        Assert.Equal(ExitCode.Ok, (await RunAsync("list")).ExitCode);
        var before = await IndexTable.ReadAsync(database.Source);
        await IndexTable.ExecuteAsync(database.Source, "DROP TABLE failed_batches");
        Assert.Contains("rebuild-index", (await RunAsync("list")).Errors, StringComparison.Ordinal);

        var rebuilt = await RunAsync("rebuild-index", "--json");

        Assert.Equal((ExitCode.Ok, 13, 1), (rebuilt.ExitCode, (int)JsonNode.Parse(rebuilt.Output)!["batches"]!, (int)JsonNode.Parse(rebuilt.Output)!["damaged"]!));
        Assert.Equal(13, before.Count);
        Assert.Equal(before, await IndexTable.ReadAsync(database.Source));
    }

    private static FailedRecord PromptRecord()
    {
        var body = "{\"id\":\"o\",\"input\":\"" + Prompt + "\"}";
        var record = TestRecords.Rest("project-a", TestFailedBatches.FailedAtMicros, TestRecords.Event("span-create", body, "2026-11-21T12:00:00Z", "e"));
        var like = TestFailedBatches.Record("project-a", 1, 0, 42, 1);
        var value = BufferRecordCodec.Encode(record);
        BufferRecordCodec.TryDecode(like.Headers, value, out var decoded);
        return like with { Value = value, Decoded = decoded };
    }

    private static ReplayAttempt Attempt(int failed) => new()
    {
        JobId = "job-1",
        Actor = "anna",
        Reason = "test",
        StartedAt = DateTimeOffset.UnixEpoch,
        FinishedAt = DateTimeOffset.UnixEpoch.AddMinutes(1),
        Attempted = 10,
        Stored = 10 - failed,
        Unchanged = 0,
        Failed = failed,
    };

    private static IReadOnlyList<string> IdsIn(CliRun run) => [.. JsonNode.Parse(run.Output)!["batches"]!.AsArray().Select(batch => (string)batch!["id"]!)];

    private async Task<FailedBatchManifest> WriteAsync(int seed, DateTimeOffset? failedAt = null)
    {
        var batch = TestFailedBatches.Typical(seed);
        return await Failures.WriteAsync(failedAt is { } time ? batch with { FailedAtMicros = UnixMicros.From(time) } : batch, CancellationToken.None);
    }

    private Task<CliRun> RunAsync(string command, params string[] arguments) => CliRun.StartAsync(
        ["failed", command, "--set", $"POSTGRES_DSN={database.Source.ConnectionString}", "--set", $"OBJECT_STORE={_folder}", .. arguments]);
}
