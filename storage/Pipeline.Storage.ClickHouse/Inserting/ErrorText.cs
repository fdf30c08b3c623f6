using System.Text.RegularExpressions;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>Reads ClickHouse's error texts: which column they speak of, and what of them may be shown.</summary>
internal static partial class ErrorText
{
    private const string Intro = "DB::Exception: ";

    // What follows one of these may hold values of the row: a quoted literal, the expression of a constraint, the plan of a view.
    private static readonly string[] ContentMarks = ["'", ". Expression:", ". Column values:", ": while "];

    /// <summary>What a complaint about rows says, without any of their values: prompts must reach neither a log nor a manifest.</summary>
    internal static string WithoutContent(string error)
    {
        var start = error.IndexOf(Intro, StringComparison.Ordinal);
        var text = start < 0 ? error : error[(start + Intro.Length)..];
        var end = ContentMarks.Select(mark => text.IndexOf(mark, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
        return SymbolicName().Match(error) is { Success: true } name && end < text.Length ? $"{text[..end].TrimEnd()} {name.Value}" : text[..end].TrimEnd();
    }

    /// <summary>The column that the text speaks of; null when none is named.</summary>
    /// <remarks>Columns have everyday names, so one counts only where it is marked as a column: as part of a register or of a table, quoted, or after the word.</remarks>
    internal static string? ColumnIn(string error, IEnumerable<string> columns)
    {
        var known = columns.ToHashSet(StringComparer.Ordinal);
        return MarkedName().Matches(error).Select(match => match.Groups["name"].Value).FirstOrDefault(known.Contains);
    }

    [GeneratedRegex(@"\([A-Z][A-Z0-9_]{3,}\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SymbolicName();

    [GeneratedRegex(
        @"\b(?<name>[a-z_]+)\.[12]\b|\b__table\d+\.(?<name>[a-z_]+)\b|[`""](?<name>[a-z_]+)[`""]|[Cc]olumn(?: values)?:? (?<name>[a-z_]+)\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex MarkedName();
}
