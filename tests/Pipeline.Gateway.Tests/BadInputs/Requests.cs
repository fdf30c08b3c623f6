using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>Builds requests for both endpoints.</summary>
internal static class Requests
{
    internal const string Ingestion = "/api/public/ingestion";
    internal const string Traces = "/api/public/otel/v1/traces";
    internal const string Metrics = "/api/public/otel/v1/metrics";

    /// <summary>Content of broken bodies that no answer may repeat.</summary>
    internal const string Private = "private-words";

    internal static readonly byte[] GoodBatch = Batch(Event("good-1"));

    internal static string Event(string id, string body = """{"id":"trace-1"}""", string type = "trace-create", string timestamp = "2026-11-21T00:00:00Z") =>
        $$"""{"id":"{{id}}","type":"{{type}}","timestamp":"{{timestamp}}","body":{{body}}}""";

    internal static byte[] Batch(params string[] events) => Encoding.UTF8.GetBytes($$"""{"batch":[{{string.Join(',', events)}}]}""");

    internal static byte[] Batch(params byte[][] events)
    {
        var bytes = new List<byte>("{\"batch\":["u8.ToArray());
        for (var index = 0; index < events.Length; index++)
        {
            bytes.AddRange(index == 0 ? [] : ","u8.ToArray());
            bytes.AddRange(events[index]);
        }

        bytes.AddRange("]}"u8.ToArray());
        return [.. bytes];
    }

    internal static HttpRequestMessage Post(string path, byte[] body, string? contentType = "application/json", string? coding = null)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        if (coding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        }

        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    internal static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
