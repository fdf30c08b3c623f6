using System.Diagnostics;
using System.Globalization;
using Pipeline.Testing.Time;

namespace Pipeline.Testing.Faults;

/// <summary>Stops a process as a stalled machine does, and lets it go on.</summary>
public static class ProcessSignals
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends SIGSTOP and waits until the process stands still.</summary>
    public static async Task StopAsync(int pid)
    {
        await SendAsync("-STOP", pid);
        await Until.TrueAsync($"process {pid} to stand still", Patience, () => StateOf(pid) == 'T');
    }

    /// <summary>Sends SIGCONT.</summary>
    public static async Task ContinueAsync(int pid)
    {
        await SendAsync("-CONT", pid);
        await Until.TrueAsync($"process {pid} to go on", Patience, () => StateOf(pid) != 'T');
    }

    private static async Task SendAsync(string signal, int pid)
    {
        using var kill = Process.Start("kill", [signal, pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"process {pid} could not be sent {signal}");
        }
    }

    // The name of a process may hold spaces and parentheses; the state follows the last one.
    private static char StateOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }
}
