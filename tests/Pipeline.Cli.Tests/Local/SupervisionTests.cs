using System.Collections.Concurrent;
using Pipeline.Cli.Local;
using Pipeline.Storage.Postgres.Embedded;
using Pipeline.Testing;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;

namespace Pipeline.Cli.Tests.Local;

/// <summary>Children go on, and are started again, whatever the disk does.</summary>
public sealed class SupervisionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LocalFolders _folders = new(RepositoryFolders.CreateTemporary("supervision"));
    private readonly ConcurrentQueue<string> _announced = new();

    public SupervisionTests() => _folders.Create();

    public void Dispose() => Directory.Delete(_folders.Root, recursive: true);

    [Fact]
    public async Task A_child_is_started_again_although_neither_its_log_nor_its_pid_can_be_written()
    {
        File.CreateSymbolicLink(Path.Combine(_folders.Logs, "child.log"), "/dev/full");
        Directory.CreateDirectory(Path.Combine(_folders.Pids, "child.pid", "in the way"));
        await using var child = Child("pipeline.dll", "--help");

        child.Start();
        await Until.TrueAsync("two more starts", Patience, () => Count("child ended with exit code 0") >= 2);

        Assert.True(Count("child.log cannot be written") >= 1);
        Assert.True(Count("child.pid cannot be written") >= 1);
    }

    [Fact]
    public async Task A_child_that_cannot_be_run_is_tried_again()
    {
        await using var child = Child("pipeline.dll", [null!]);

        child.Start();

        await Until.TrueAsync("two attempts", Patience, () => Count("child cannot be run") >= 2);
    }

    [Fact]
    public async Task Lines_that_cannot_be_written_are_dropped_and_the_next_ones_are_not()
    {
        var path = Path.Combine(_folders.Logs, "full.log");
        File.CreateSymbolicLink(path, "/dev/full");
        using (var log = new ChildLog(path, _announced.Enqueue))
        {
            log.Write("one");
            log.Write("two");
            File.Delete(path);
            log.Write("three");
        }

        Assert.Equal(1, Count("full.log cannot be written"));
        Assert.Equal("three\n", await File.ReadAllTextAsync(path));
    }

    [PostgresFact]
    public async Task Postgres_is_started_again_although_its_pid_cannot_be_written()
    {
        // Under root the server runs as another user, who must be able to reach its folder.
        File.SetUnixFileMode(_folders.Root, File.GetUnixFileMode(_folders.Root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var options = new PostgresProcessOptions
        {
            BinFolder = InstalledPrograms.PostgresBinFolder,
            DataFolder = _folders.Postgres,
            Port = FreePorts.Next(1),
            LogFile = Path.Combine(_folders.Logs, "postgres.log"),
        };
        await using var postgres = new LocalPostgres(options, _folders, TimeProvider.System, _announced.Enqueue);
        await postgres.StartAsync(CancellationToken.None);
        var pidFile = Path.Combine(_folders.Pids, "postgres.pid");
        for (var kill = 1; kill <= 2; kill++)
        {
            var pid = PostmasterPid();
            File.Delete(pidFile);
            Directory.CreateDirectory(pidFile);
            using var server = System.Diagnostics.Process.GetProcessById(pid);
            server.Kill();

            await Until.TrueAsync("another server", Patience, () => Count("postgres ended") == kill && Count("postgres.pid cannot be written") == kill && PostmasterPid() != pid);
            Directory.Delete(pidFile);
        }
    }

    private int PostmasterPid()
    {
        try
        {
            return int.Parse(File.ReadLines(Path.Combine(_folders.Postgres, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private ChildProcess Child(string assembly, params string[] arguments) =>
        new("child", Path.Combine(AppContext.BaseDirectory, assembly), arguments, new Dictionary<string, string>(), _folders, TimeProvider.System, _announced.Enqueue);

    private int Count(string text) => _announced.Count(line => line.Contains(text, StringComparison.Ordinal));
}
