using System.Diagnostics;
using Pipeline.EndToEnd.Tests.Failures;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>Every command of every failure page, typed while that failure is there, ends as the page says.</summary>
[Trait("Category", "Acceptance")]
public sealed class RunbookTests(ITestOutputHelper output)
{
    [LocalFact]
    public async Task Every_command_of_every_failure_page_ends_as_the_page_says()
    {
        var runbook = Runbook.Read();
        Assert.Empty(runbook.Strays);
        Assert.All(runbook.Pages, page => Assert.True(page.Blocks.Count > 0, $"\"{page.Title}\" has no command"));
        await using var pipeline = await FailingPipeline.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Nobody waits for wider batches after the page about overload, nor for a halted consumer that is to stop.
            ["Writer__OverloadFlushInterval"] = "00:00:01",
            ["Writer__DrainTimeout"] = "00:00:01",
        });
        var causes = new RunbookCauses(pipeline).All;
        Assert.Equal(causes.Select(cause => cause.Title), runbook.Pages.Select(page => page.Title));
        foreach (var (page, cause) in runbook.Pages.Zip(causes))
        {
            var elapsed = Stopwatch.StartNew();
            await cause.Begin();
            var began = elapsed.Elapsed;
            using var shell = new RunbookShell(runbook.Preamble, pipeline.Process);
            await RunAsync(page, cause, shell);
            output.WriteLine($"{page.Title}: there after {began.TotalSeconds:0.0} s, worked off {(elapsed.Elapsed - began).TotalSeconds:0.0} s later");
        }

        var (accepted, stored, failed) = await pipeline.SettleAsync();
        Assert.Equal(accepted, stored + failed);
    }

    private async Task RunAsync(RunbookPage page, RunbookCause cause, RunbookShell shell)
    {
        var isMended = false;
        foreach (var block in page.Blocks)
        {
            if (block.IsMended && !isMended)
            {
                isMended = true;
                await cause.Mend();
            }

            var (exitCode, said) = await shell.RunAsync(block.Commands);
            output.WriteLine($"--- {page.Title}, line {block.Line}\n{said}");
            Assert.True(exitCode == block.ExitCode, $"\"{page.Title}\", line {block.Line}: ended with {exitCode}, not {block.ExitCode}:\n{block.Commands}\n{said}");
        }

        if (!isMended)
        {
            await cause.Mend();
        }
    }
}
