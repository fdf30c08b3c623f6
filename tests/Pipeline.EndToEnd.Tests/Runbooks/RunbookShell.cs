using System.Diagnostics;
using System.Text;

namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>A person's shell: each block in a bash of its own that ends at the first failure, with the variables of the blocks before it.</summary>
internal sealed class RunbookShell(string preamble, PipelineProcess pipeline) : IDisposable
{
    // Longer than `wait_ready` waits.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(75);

    private readonly string _variables = Path.GetTempFileName();

    /// <summary>Runs commands and returns how they ended and what they said.</summary>
    internal async Task<(int ExitCode, string Output)> RunAsync(string commands)
    {
        var script = $"""
            set -euo pipefail
            {preamble}
            . '{_variables}'
            trap "export -p > '{_variables}'" EXIT
            set -a
            {commands}
            """;
        var start = new ProcessStartInfo("bash")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["DATA"] = pipeline.DataFolder;
        start.Environment["PIPELINE"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "pipeline.dll")}";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        var output = new StringBuilder();
        using var bash = new Process { StartInfo = start };
        bash.OutputDataReceived += (_, line) => Add(line.Data);
        bash.ErrorDataReceived += (_, line) => Add(line.Data);
        bash.Start();
        bash.StandardInput.Close();
        bash.BeginOutputReadLine();
        bash.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(Limit);
        await bash.WaitForExitAsync(deadline.Token);
        return (bash.ExitCode, output.ToString());

        void Add(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    public void Dispose() => File.Delete(_variables);
}
