using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>A process of this same program in another role; its CPU is measured from outside.</summary>
internal sealed class ChildRole : IDisposable
{
    private const double TicksPerSecond = 100;
    private readonly Process _process;

    private ChildRole(Process process) => _process = process;

    /// <summary>User and system seconds so far.</summary>
    internal double CpuSeconds => CpuSecondsOf(_process.Id);

    /// <summary>Resident memory now, in MB.</summary>
    internal double ResidentMegabytes => ResidentMegabytesOf(_process.Id);

    /// <summary>Starts a role and waits until it says it is ready.</summary>
    internal static async Task<ChildRole> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(ChildRole).Assembly.Location);
        Array.ForEach(arguments, start.ArgumentList.Add);
        var child = new ChildRole(Process.Start(start)!);
        await child.ReadLineAsync();
        return child;
    }

    /// <summary>The next line the role prints.</summary>
    internal async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"the role ended with exit code {_process.ExitCode}");

    /// <summary>Says something to the role.</summary>
    internal Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Bytes the role allocated since it started.</summary>
    internal async Task<double> AllocatedBytesAsync()
    {
        await WriteLineAsync("allocated");
        return double.Parse(await ReadLineAsync(), CultureInfo.InvariantCulture);
    }

    internal static double CpuSecondsOf(int pid)
    {
        // Fields behind the command name in parentheses: utime and stime are the 12th and 13th.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    internal static double ResidentMegabytesOf(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(15)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
