using Spectre.Console;

namespace Pipeline.Cli.Output;

/// <summary>How text output looks: colours for a person at a terminal, plain lines of any width for everything else.</summary>
internal static class Terminal
{
    // A pipe has no width; wrapping there would break what a script reads.
    private const int PipeWidth = 400;

    internal static void Configure()
    {
        var isPlain = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        if (isPlain)
        {
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = PipeWidth;
        }
    }
}
