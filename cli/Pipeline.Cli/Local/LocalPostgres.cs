using Pipeline.Storage.Postgres.Embedded;

namespace Pipeline.Cli.Local;

/// <summary>The Postgres of a local pipeline, started again when it dies.</summary>
internal sealed class LocalPostgres(PostgresProcessOptions options, LocalFolders folders, TimeProvider clock, Action<string> announce) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

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
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _process = await PostgresProcess.StartAsync(options, cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folders.Pids, "postgres.pid"), _process.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                await _process!.Exited.WaitAsync(_stopping.Token);
                announce($"postgres ended; starting it again (log: {options.LogFile})");
                await _process.DisposeAsync();
                await RestartAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The pipeline stops.
        }
    }

    private async Task RestartAsync()
    {
        while (true)
        {
            try
            {
                await StartProcessAsync(_stopping.Token);
                return;
            }
            catch (PostgresStartException failure)
            {
                // The children of a killed server hold its memory for a moment longer; Postgres refuses to start beside them.
                announce(failure.Message);
                await Task.Delay(Pause, clock, _stopping.Token);
            }
        }
    }
}
