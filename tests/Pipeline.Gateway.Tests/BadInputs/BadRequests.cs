using System.Globalization;
using System.Text;
using static Pipeline.Gateway.Tests.BadInputs.Requests;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>The cases of the forty that concern a whole request and that an ordinary HTTP client can send.</summary>
internal static class BadRequests
{
    private const string Protobuf = "application/x-protobuf";
    private const int MiB = 1024 * 1024;

    private static readonly byte[] Zipped = Gzip(GoodBatch);

    internal static IReadOnlyList<BadInput> All { get; } =
    [
        Bad(1, "empty body", "", 400),
        Bad(1, "blank body", " \r\n\t ", 400),
        Bad(2, "cut in a string", $$"""{"batch":[{"id":"e1","name":"{{Private}} an""", 400, "at byte 28"),
        Bad(2, "cut between two values", $$"""{"batch":[{"id":"{{Private}}",""", 400, "it ends at byte 32"),
        Bad(2, "broken in the middle", $$"""{"batch":[{"{{Private}}":{{Private}}}]}""", 400, "at byte 27"),
        Bad(3, "trailing garbage", """{"batch":[]} x""", 400),
        Bad(3, "two documents", """{"batch":[]}{"batch":[]}""", 400),
        new(4, "byte order mark", () => Post(Ingestion, [0xEF, 0xBB, 0xBF, .. GoodBatch]), 207, "201"),
        new(5, "UTF-16, declared", () => Post(Ingestion, Encoding.Unicode.GetBytes("""{"batch":[]}"""), "application/json; charset=utf-16"), 415, null),
        new(5, "UTF-16, not declared", () => Post(Ingestion, Encoding.Unicode.GetBytes("""{"batch":[]}""")), 400, null),
        new(5, "UTF-32, not declared", () => Post(Ingestion, Encoding.UTF32.GetBytes("""{"batch":[]}""")), 400, null),
        Bad(9, "raw control character", "{\"batch\":[" + Event("e", "{\"id\":\"a\u0001b\"}") + "]}", 400),
        Bad(10, "a million open brackets", new string('[', 1_000_000), 400),
        Bad(10, "envelope 65 levels deep", "{\"metadata\":" + new string('[', 65) + new string(']', 65) + ",\"batch\":[]}", 400),
        Bad(13, "NaN", "{\"batch\":[" + Event("e", """{"id":"t","metadata":{"n":NaN}}""") + "]}", 400, "NaN"),
        Bad(13, "Infinity", "{\"batch\":[" + Event("e", """{"id":"t","metadata":{"n":Infinity}}""") + "]}", 400, "Infinity"),
        Bad(22, "batch missing", """{"metadata":{}}""", 400),
        Bad(22, "batch null", """{"batch":null}""", 400),
        Bad(22, "batch an object", """{"batch":{}}""", 400),
        Bad(23, "batch empty", """{"batch":[]}""", 207, """{"successes":[],"errors":[]}"""),
        new(24, "more events than the cap", () => Post(Ingestion, Batch([.. Enumerable.Range(0, 20_001).Select(index => Event(index.ToString(CultureInfo.InvariantCulture)))])), 413, "20000"),
        new(31, "string of 5 MB", () => Post(Ingestion, Batch(Event("e", $$"""{"id":"t","input":"{{new string('x', 5_000_000)}}"}"""))), 413, "Body exceeded 4.5mb limit"),
        new(33, "bomb over the cap", () => Post(Ingestion, Gzip(new byte[10 * MiB]), coding: "gzip"), 413, "Body exceeded 4.5mb limit"),
        new(33, "ratio over 100", () => Post(Ingestion, Gzip(Encoding.ASCII.GetBytes(new string(' ', 2 * MiB))), coding: "gzip"), 413, null),
        new(33, "OTLP bomb over the cap", () => Post(Traces, Gzip(new byte[30 * MiB]), Protobuf, "gzip"), 413, "Body exceeded 20mb limit"),
        new(34, "truncated gzip", () => Post(Ingestion, Zipped[..^6], coding: "gzip"), 400, "Failed to decompress"),
        new(34, "gzip cut in its payload", () => Post(Traces, Gzip(new byte[500])[..^12], Protobuf, "gzip"), 400, "Failed to decompress"),
        new(34, "gzip with a bad checksum", () => Post(Ingestion, [.. Zipped[..^8], (byte)(Zipped[^8] ^ 1), .. Zipped[^7..]], coding: "gzip"), 400, "Failed to decompress"),
        new(34, "gzip with trailing junk", () => Post(Ingestion, [.. Zipped, 1, 2, 3], coding: "gzip"), 400, "Failed to decompress"),
        new(34, "two gzip members", () => Post(Ingestion, [.. Zipped, .. Zipped], coding: "gzip"), 400, "Failed to decompress"),
        new(34, "plain text labelled gzip", () => Post(Ingestion, GoodBatch, coding: "gzip"), 400, "Failed to decompress"),
        new(35, "zstd", () => Post(Ingestion, Zipped, coding: "zstd"), 415, "gzip"),
        new(35, "br", () => Post(Traces, Zipped, Protobuf, "br"), 415, "gzip"),
        new(35, "gzip twice", () => Post(Ingestion, Gzip(Zipped), coding: "gzip, gzip"), 415, "gzip"),
        new(35, "unknown coding", () => Post(Ingestion, Zipped, coding: "compress-o-matic"), 415, "gzip"),
        new(36, "wrong content type", () => Post(Ingestion, GoodBatch, "text/xml"), 415, null),
        new(36, "no content type", () => Post(Ingestion, GoodBatch, null), 415, null),
        new(36, "OTLP without a content type", () => Post(Traces, [], null), 415, "Invalid content type"),
        new(36, "JSON sent as Protobuf", () => Post(Traces, """{"resourceSpans":[]}"""u8.ToArray(), Protobuf), 400, "Failed to parse OTel Protobuf Trace"),
        new(36, "Protobuf sent as JSON", () => Post(Traces, [10, 2, 18, 0]), 400, "Failed to parse OTel JSON Trace"),
        new(36, "OTLP ids of zeros", () => Post(Traces, """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000000","spanId":"0102030405060708"},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000000"}]}]}]}"""u8.ToArray()), 200, "\"rejectedSpans\":\"2\""),
        new(36, "OTLP ids of the wrong length", () => Post(Traces, """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"abcd","spanId":"12","name":"x"}]}]}]}"""u8.ToArray()), 200, "\"rejectedSpans\":\"1\""),
    ];

    private static BadInput Bad(int number, string name, string body, int status, string? text = null) =>
        new(number, name, () => Post(Ingestion, Encoding.UTF8.GetBytes(body)), status, text);
}
