using System.CommandLine;
using System.Globalization;

namespace Pipeline.Cli.Commands;

/// <summary>A time on the command line: ISO 8601, in UTC unless it has a zone, and never in the zone of whoever types.</summary>
internal sealed class TimeOption
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddK",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    private readonly Option<string?> _option;

    internal TimeOption(string name, string description) =>
        _option = new Option<string?>(name) { Description = $"{description} ISO 8601, in UTC unless a zone is given: 2026-11-21T10:00 or 2026-11-21T10:00+01:00." };

    internal void AddTo(Command command) => command.Options.Add(_option);

    /// <summary>The time; says on stderr what a time without a zone was taken for.</summary>
    internal DateTimeOffset? ValueOf(ParseResult parsed)
    {
        if (parsed.GetValue(_option) is not { } text)
        {
            return null;
        }

        if (!TryParse(text, out var time, out var hasZone))
        {
            throw new CliException($"{_option.Name} {text}: expected a time like 2026-11-21T10:00, 2026-11-21T10:00Z or 2026-11-21T10:00+01:00") { ExitCode = ExitCode.Usage };
        }

        if (!hasZone)
        {
            Console.Error.WriteLine($"{_option.Name} {text} has no zone and is taken as UTC: {time:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        }

        return time;
    }

    internal static bool TryParse(string text, out DateTimeOffset time, out bool hasZone)
    {
        var clock = text.IndexOfAny(['T', ' ']);
        hasZone = text.EndsWith('Z') || (clock > 0 && text.AsSpan(clock).IndexOfAny('+', '-') > 0);
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
