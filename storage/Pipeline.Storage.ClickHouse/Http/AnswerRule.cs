using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Pipeline.Storage.ClickHouse.Http;

/// <summary>Reads every way in which ClickHouse says no: by status, by header, and behind the headers of a 200.</summary>
internal static class AnswerRule
{
    private const string ExceptionCodeHeader = "X-ClickHouse-Exception-Code";
    private const string SummaryHeader = "X-ClickHouse-Summary";
    private const string CodePrefix = "Code: ";

    // From 25.11 on, an error behind the headers of a 200 stands between two such marks; older versions write the bare text as the last line.
    private static ReadOnlySpan<byte> ExceptionMark => "__exception__"u8;

    private static ReadOnlySpan<byte> ExceptionText => "DB::Exception: "u8;

    internal static ClickHouseAnswer Resolve(HttpResponseMessage response, byte[] body, bool isInsert)
    {
        var code = CodeIn(response.Headers);
        if (!response.IsSuccessStatusCode || code != 0)
        {
            var text = Encoding.UTF8.GetString(body).Trim();
            return ClickHouseAnswer.Failed(code != 0 ? code : CodeInText(text), text.Length == 0 ? $"HTTP {(int)response.StatusCode}" : text);
        }

        if (ErrorIn(body, isInsert) is { } error)
        {
            return ClickHouseAnswer.Failed(CodeInText(error), error);
        }

        return new ClickHouseAnswer(null, 0, WrittenRowsIn(response.Headers), body);
    }

    private static string? ErrorIn(ReadOnlySpan<byte> body, bool isInsert)
    {
        var trimmed = body.TrimEnd("\r\n \t"u8);
        if (trimmed.EndsWith(ExceptionMark))
        {
            var start = trimmed[..^ExceptionMark.Length].LastIndexOf(ExceptionMark);
            return Encoding.UTF8.GetString(trimmed[Math.Max(0, start)..]);
        }

        // Stored text may hold anything, so a query's rows are no sign of an error; an insert has none, and a query's error is a line of its own.
        var suspect = isInsert ? trimmed : trimmed[(trimmed.LastIndexOf((byte)'\n') + 1)..];
        return suspect.IndexOf(ExceptionText) >= 0 && (isInsert || suspect.StartsWith("Code: "u8)) ? Encoding.UTF8.GetString(suspect) : null;
    }

    private static int CodeIn(HttpResponseHeaders headers) =>
        headers.TryGetValues(ExceptionCodeHeader, out var values) && int.TryParse(values.First(), out var code) ? code : 0;

    private static int CodeInText(string text)
    {
        var start = text.IndexOf(CodePrefix, StringComparison.Ordinal);
        if (start < 0)
        {
            return 0;
        }

        var digits = text.AsSpan(start + CodePrefix.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], out var code) ? code : 0;
    }

    // A proxy may drop the header or cut it; rows that nobody confirmed count as not confirmed.
    private static long WrittenRowsIn(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues(SummaryHeader, out var values))
        {
            return -1;
        }

        try
        {
            using var summary = JsonDocument.Parse(values.First());
            return summary.RootElement.ValueKind == JsonValueKind.Object
                && summary.RootElement.TryGetProperty("written_rows", out var rows)
                && long.TryParse(rows.ToString(), out var count) ? count : -1;
        }
        catch (JsonException)
        {
            return -1;
        }
    }
}
