using Pipeline.Storage.Postgres.Embedded;

namespace Pipeline.Cli.Local;

/// <summary>The Postgres of a local pipeline, started again when it dies.</summary>
internal sealed class LocalPostgres(PostgresProcessOptions options, LocalFolders folders, TimeProvider clock, Action<string> announce) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private PostgresProcess? _process;
    private Task _supervision = Task.CompletedTask;

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartProcessAsync(cancellationToken);
        _supervision = SuperviseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        await EndAsync();
        _stopping.Dispose();
    }

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _process = await PostgresProcess.StartAsync(options, cancellationToken);
        new PidFile(Path.Combine(folders.Pids, "postgres.pid"), announce).Write(_process.ProcessId);
    }

    // Once for each: a process that was disposed cannot be asked any more whether it has ended.
    private async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            await process.DisposeAsync();
        }
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                await _process!.Exited.WaitAsync(_stopping.Token);
                announce($"postgres ended; starting it again (log: {options.LogFile})");
                await RestartAsync();
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The pipeline stops.
        }
    }

    // Whatever goes wrong here must not end the supervision: Postgres would never be started again, and nobody would know.
    private async Task RestartAsync()
    {
        for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
        {
            try
            {
                await EndAsync();
                await StartProcessAsync(_stopping.Token);
                return;
            }
            catch (Exception failure) when (!_stopping.IsCancellationRequested)
            {
                // Among others: the children of a killed server hold its memory for a moment longer, and Postgres refuses to start beside them.
                announce($"postgres cannot be started ({failure.Message}); trying again in {pause.TotalSeconds:0.0} s");
                await Task.Delay(pause, clock, _stopping.Token);
            }
        }
    }
}
