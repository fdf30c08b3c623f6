using System.Diagnostics;

namespace Pipeline.Cli.Tests.Failed;

/// <summary>One run of the executable, without a terminal.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Errors)
{
    internal static async Task<CliRun> StartAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "pipeline.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PIPELINE_ACTOR"] = "anna";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new CliRun(process.ExitCode, await output, await errors);
    }
}
