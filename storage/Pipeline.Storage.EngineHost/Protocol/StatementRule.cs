using System.Text.RegularExpressions;

namespace Pipeline.Storage.EngineHost.Protocol;

/// <summary>What can be told about a statement from its text.</summary>
internal static partial class StatementRule
{
    private const int TimeoutMilliseconds = 1000;

    /// <summary>Whether the statement is an insert whose rows follow in the given format.</summary>
    internal static bool TrySplitInsert(string query, out string target, out string format)
    {
        var match = InsertWithFormat().Match(query);
        target = match.Groups["target"].Value;
        format = match.Groups["format"].Value;
        return match.Success;
    }

    /// <summary>Whether text follows a statement's semicolon: the HTTP interface takes one statement at a time.</summary>
    internal static bool IsMultiStatement(string query)
    {
        var quote = '\0';
        for (var i = 0; i < query.Length; i++)
        {
            var character = query[i];
            if (quote != '\0')
            {
                if (character == '\\')
                {
                    i++;
                }
                else if (character == quote)
                {
                    quote = '\0';
                }
            }
            else if (character == '-' && query.AsSpan(i).StartsWith("--", StringComparison.Ordinal))
            {
                var end = query.IndexOf('\n', i);
                i = end < 0 ? query.Length : end;
            }
            else if (character == '/' && query.AsSpan(i).StartsWith("/*", StringComparison.Ordinal))
            {
                var end = query.IndexOf("*/", i, StringComparison.Ordinal);
                i = end < 0 ? query.Length : end + 1;
            }
            else if (character is '\'' or '"' or '`')
            {
                quote = character;
            }
            else if (character == ';')
            {
                return !string.IsNullOrWhiteSpace(query[(i + 1)..]);
            }
        }

        return false;
    }

    [GeneratedRegex(
        @"^\s*(?<target>INSERT\s+INTO\s.*?)\s+FORMAT\s+(?<format>\w+)\s*$",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeoutMilliseconds)]
    private static partial Regex InsertWithFormat();
}
