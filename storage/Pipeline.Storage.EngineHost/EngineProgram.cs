using System.Globalization;
using System.Runtime.InteropServices;

namespace Pipeline.Storage.EngineHost;

/// <summary>The host as a process of its own: <c>pipeline-engine --data FOLDER --port PORT --library LIBCHDB</c>.</summary>
/// <remarks>Prints one line with its address once it serves. Ends on SIGTERM, SIGINT, or, under a parent, when standard input closes.</remarks>
internal static class EngineProgram
{
    private const int Usage = 2;

    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync("usage: pipeline-engine --data FOLDER --port PORT --library PATH_OF_LIBCHDB");
            return Usage;
        }

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        if (Environment.GetEnvironmentVariable("PIPELINE_PARENT_STDIN") == "1")
        {
            // A thread of its own: a blocked read cannot be cancelled and must not hold a pool thread.
            new Thread(() => StopAtEndOfInput(stop)) { IsBackground = true, Name = "parent watcher" }.Start();
        }

        try
        {
            await using var server = await EngineServer.StartAsync(options, CancellationToken.None);
            await Console.Out.WriteLineAsync($"engine serves {options.DataFolder} at {server.Address}");
            await stop.Task;
            return 0;
        }
        catch (EngineStartException failure)
        {
            await Console.Error.WriteLineAsync("pipeline-engine: " + failure.Message);
            return 1;
        }
    }

    private static void Stop(PosixSignalContext signal, TaskCompletionSource stop)
    {
        signal.Cancel = true;
        stop.TrySetResult();
    }

    private static void StopAtEndOfInput(TaskCompletionSource stop)
    {
        Span<byte> ignored = stackalloc byte[64];
        using var input = Console.OpenStandardInput();
        while (input.Read(ignored) > 0)
        {
        }

        stop.TrySetResult();
    }

    private static EngineOptions? Parse(string[] arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            values[arguments[i]] = arguments[i + 1];
        }

        return arguments.Length % 2 == 0
            && values.TryGetValue("--data", out var data)
            && values.TryGetValue("--library", out var library)
            && int.TryParse(values.GetValueOrDefault("--port", "0"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new EngineOptions { DataFolder = Path.GetFullPath(data), LibraryPath = library, Port = port }
            : null;
    }
}
