using System.Globalization;
using System.Text;
using static Pipeline.Gateway.Tests.BadInputs.Requests;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>The cases of the forty that concern one event of a batch.</summary>
internal static class OddEvents
{
    internal static IReadOnlyList<OddEvent> All { get; } =
    [
        Odd(6, "invalid UTF-8 in a string", [.. Utf8("""{"id":"odd","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t","name":"a"""), 0xC0, 0xAF, 0xFF, .. Utf8("\"}}")], 201),
        Odd(7, "lone surrogate escape", Event("odd", """{"id":"t","name":"cut \ud83d"}"""), 201),
        Odd(8, "escaped NUL", Event("odd", """{"id":"t","name":"a\u0000b"}"""), 201),
        Odd(11, "input 100 levels deep", Event("odd", $$"""{"id":"t","input":{{Nested(100)}}}"""), 201),
        Odd(11, "input 600 levels deep", Event("odd", $$"""{"id":"t","input":{{Nested(600)}}}"""), 400),
        Odd(12, "envelope key twice", """{"id":"odd","id":"odd2","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t"}}""", 400),
        Odd(12, "type twice", """{"id":"odd","type":"trace-create","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t"}}""", 400),
        Odd(12, "body twice", """{"id":"odd","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t"},"body":{"id":"t"}}""", 400),
        Odd(14, "1e400 in metadata", Event("odd", """{"id":"t","metadata":{"n":1e400}}"""), 201),
        Odd(14, "20-digit integer in metadata", Event("odd", """{"id":"t","metadata":{"n":12345678901234567890}}"""), 201),
        Odd(15, "1e400 as a score", Event("odd", """{"id":"s","name":"q","traceId":"t","value":1e400}""", "score-create"), 400),
        Odd(15, "1e400 in usage", Event("odd", """{"id":"g","traceId":"t","usage":{"input":1e400}}""", "generation-create"), 400),
        Odd(15, "1e400 in usage cost", Event("odd", """{"id":"g","traceId":"t","usage":{"totalCost":1e400}}""", "generation-create"), 400),
        Odd(15, "1e400 in usageDetails", Event("odd", """{"id":"g","traceId":"t","usageDetails":{"input":1e400}}""", "generation-create"), 400),
        Odd(15, "1e400 in costDetails", Event("odd", """{"id":"g","traceId":"t","costDetails":{"input":1e400}}""", "generation-create"), 400),
        Odd(15, "20-digit integer in usage", Event("odd", """{"id":"g","traceId":"t","usage":{"input":12345678901234567890}}""", "generation-create"), 400),
        Odd(15, "20-digit integer in usage cost", Event("odd", """{"id":"g","traceId":"t","usage":{"totalCost":12345678901234567890}}""", "generation-create"), 400),
        Odd(15, "20-digit integer in usageDetails", Event("odd", """{"id":"g","traceId":"t","usageDetails":{"input":12345678901234567890}}""", "generation-create"), 400),
        Odd(15, "20-digit integer in costDetails", Event("odd", """{"id":"g","traceId":"t","costDetails":{"input":12345678901234567890}}""", "generation-create"), 400),
        Odd(15, "negative tokens", Event("odd", """{"id":"g","traceId":"t","usageDetails":{"input":-1}}""", "generation-create"), 400),
        Odd(16, "number above 2^53 in metadata", Event("odd", """{"id":"t","metadata":{"id":9007199254740993}}"""), 201),
        Odd(17, "month 13", Event("odd", timestamp: "2026-13-01T00:00:00Z"), 400),
        Odd(17, "year 0", Event("odd", timestamp: "0000-01-01T00:00:00Z"), 400),
        Odd(18, "second 60", Event("odd", timestamp: "2026-11-21T23:59:60Z"), 201),
        Odd(18, "no zone", Event("odd", timestamp: "2026-11-21T00:00:00"), 201),
        Odd(18, "space for T", Event("odd", timestamp: "2026-11-21 00:00:00Z"), 201),
        Odd(18, "nine digits", Event("odd", timestamp: "2026-11-21T00:00:00.123456789Z"), 201),
        Odd(19, "year 1800", Event("odd", timestamp: "1800-01-01T00:00:00Z"), 400),
        Odd(19, "year 2400", Event("odd", timestamp: "2400-01-01T00:00:00Z"), 400),
        Odd(20, "clock a day ahead", Event("odd", timestamp: TimeProvider.System.GetUtcNow().AddDays(1).ToString("O", CultureInfo.InvariantCulture)), 201),
        Odd(21, "end before start", Event("odd", """{"id":"s","traceId":"t","startTime":"2026-11-21T00:00:02Z","endTime":"2026-11-21T00:00:01Z"}""", "span-create"), 201),
        Odd(25, "unknown type", Event("odd", type: "trace-update"), 400),
        Odd(26, "no id", """{"type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t"}}""", 400),
        Odd(26, "empty id", Event(""), 400),
        Odd(26, "number as id", """{"id":7,"type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t"}}""", 400),
        Odd(27, "id of 10 kB", Event(new string('a', 10_000)), 400),
        Odd(27, "id with a path", Event("../../etc/passwd"), 201),
        Odd(27, "id with a newline", Event("a\\nb"), 400),
        Odd(29, "names another project", Event("odd", """{"id":"t","projectId":"project-2","project_id":"project-2"}"""), 201),
        Odd(30, "prototype keys", Event("odd", """{"id":"t","metadata":{"__proto__":{"x":1},"constructor.prototype":1,"a.b[0]":2,"":3}}"""), 201),
        Odd(31, "100,000 metadata keys", Event("odd", $$"""{"id":"t","metadata":{{Keys(100_000)}}}"""), 400),
        Odd(32, "SQL, CSV, HTML and format text", Event("odd", """{"id":"t","name":"'; DROP TABLE traces; -- =1+1 <script>%s{0}"}"""), 201),
    ];

    private static OddEvent Odd(int number, string name, string json, int status) => new(number, name, Utf8(json), status);

    private static OddEvent Odd(int number, string name, byte[] json, int status) => new(number, name, json, status);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Keys(int count) =>
        "{" + string.Join(',', Enumerable.Range(0, count).Select(index => string.Create(CultureInfo.InvariantCulture, $"\"k{index}\":1"))) + "}";
}
