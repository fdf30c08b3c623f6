using System.Text.RegularExpressions;

namespace Pipeline.Storage.ClickHouse.Migrations;

/// <summary>Which engine family the tables use: plain for one server, replicated for a cluster.</summary>
/// <param name="IsReplicated">Whether to use the Replicated engines; the server's default replica path and macros apply.</param>
public sealed partial record TableEngines(bool IsReplicated)
{
    private const int TimeoutMilliseconds = 1000;

    internal string FillIn(string sql) => Placeholder().Replace(sql, match =>
    {
        var family = match.Groups["kind"].Value == "aggregating" ? "AggregatingMergeTree" : "ReplacingMergeTree";
        var version = match.Groups["version"].Value;
        return (IsReplicated ? "Replicated" : "") + family + (version.Length > 0 ? $"({version})" : "");
    });

    [GeneratedRegex(@"\{(?<kind>aggregating|replacing)(:(?<version>\w+))?\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeoutMilliseconds)]
    private static partial Regex Placeholder();
}
