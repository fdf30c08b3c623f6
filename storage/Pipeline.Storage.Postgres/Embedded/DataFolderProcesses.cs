using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Pipeline.Storage.Postgres.Embedded;

/// <summary>The Postgres processes that work in one data folder: all of them, postmaster and children, have it as their working directory.</summary>
/// <remarks>
/// A pid file may name a process that has nothing to do with it by now, and the children of a killed postmaster are in no file. Linux only, as the
/// binaries are.
/// </remarks>
internal static class DataFolderProcesses
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until none is alive, and ends with SIGKILL what is left after the timeout.</summary>
    /// <remarks>For children without a postmaster: what they hold in memory is lost already, and the log brings back what was committed.</remarks>
    internal static async Task EndOrphansAsync(string folder, TimeSpan timeout)
    {
        for (var elapsed = Stopwatch.StartNew(); Find(folder) is { Count: > 0 } left; await Task.Delay(Pause))
        {
            if (elapsed.Elapsed >= timeout)
            {
                left.ForEach(pid => _ = Kill(pid, SigKill));
            }
        }
    }

    /// <summary>Asks a postmaster for a fast shutdown.</summary>
    /// <remarks>Never a child: the same signal makes a checkpointer of Postgres 18 write the last checkpoint while others still write.</remarks>
    internal static void Interrupt(int pid) => _ = Kill(pid, SigInt);

    /// <summary>Whether that process is one of the folder's.</summary>
    internal static bool Contains(string folder, int pid) => IsPostgresOf(FullNameOf(folder), $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}");

    private static List<int> Find(string folder)
    {
        var fullName = FullNameOf(folder);
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsPostgresOf(fullName, process))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    // The kernel shows the folder without symbolic links.
    private static string FullNameOf(string folder)
    {
        var fullName = Path.GetFullPath(folder);
        return Directory.ResolveLinkTarget(fullName, returnFinalTarget: true)?.FullName ?? fullName;
    }

    private static bool IsPostgresOf(string folder, string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")) == "postgres\n"
                && Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == folder;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or belongs to somebody else.
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
