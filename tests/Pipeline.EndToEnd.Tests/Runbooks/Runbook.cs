using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Testing;

namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>The commands of docs/runbook.md: what every shell reads first, the failure pages, and blocks that are in neither.</summary>
internal sealed partial class Runbook
{
    private const string PreambleTitle = "Before anything else";
    private const string FailuresTitle = "Failures, class by class";

    private readonly List<RunbookPage> _pages = [];
    private readonly List<RunbookBlock> _strays = [];

    private Runbook()
    {
    }

    /// <summary>What a person's shell reads before any other command.</summary>
    internal string Preamble { get; private set; } = "";

    internal IReadOnlyList<RunbookPage> Pages => _pages;

    /// <summary>Blocks outside of every page: nobody runs them, so nobody knows whether they are right.</summary>
    internal IReadOnlyList<RunbookBlock> Strays => _strays;

    internal static Runbook Read()
    {
        var runbook = new Runbook();
        var lines = File.ReadAllLines(Path.Combine(RepositoryFolders.Root, "docs", "runbook.md"));
        var section = "";
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].StartsWith("## ", StringComparison.Ordinal))
            {
                section = lines[at][3..];
            }
            else if (lines[at].StartsWith("### ", StringComparison.Ordinal) && section == FailuresTitle)
            {
                runbook._pages.Add(new RunbookPage(lines[at][4..], []));
            }
            else if (lines[at].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, at + 1, line => line == "```");
                Assert.True(end > at, $"line {at + 1} opens a block that is not closed");
                runbook.Add(section, BlockOf(at, lines[at], lines[(at + 1)..end]));
                at = end;
            }
        }

        return runbook;
    }

    private static RunbookBlock BlockOf(int at, string fence, string[] commands)
    {
        var words = Fence().Match(fence);
        Assert.True(words.Success, $"line {at + 1}: \"{fence}\" says nothing that this test knows");
        var exitCode = words.Groups["code"] is { Success: true } code ? int.Parse(code.ValueSpan, CultureInfo.InvariantCulture) : 0;
        return new RunbookBlock(at + 1, string.Join('\n', commands), exitCode, words.Groups["mended"].Success);
    }

    private void Add(string section, RunbookBlock block)
    {
        if (section == PreambleTitle)
        {
            Preamble += block.Commands + "\n";
        }
        else if (section == FailuresTitle && _pages.Count > 0)
        {
            _pages[^1] = _pages[^1] with { Blocks = [.. _pages[^1].Blocks, block] };
        }
        else
        {
            _strays.Add(block);
        }
    }

    [GeneratedRegex(@"^```sh(?<mended> mended)?( exit=(?<code>\d+))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();
}
