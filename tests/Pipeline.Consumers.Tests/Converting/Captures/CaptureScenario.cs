using System.IO.Compression;
using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>One recorded scenario: its requests as records, and what a person expects to find.</summary>
internal sealed class CaptureScenario(string folder)
{
    internal static string? Root => Environment.GetEnvironmentVariable("CAPTURES_DIR") is { Length: > 0 } root && Directory.Exists(root) ? root : null;

    internal static IEnumerable<string> Names() => Root is null
        ? []
        : Directory.EnumerateFiles(Root, "expected.json", SearchOption.AllDirectories)
            .Where(path => HasOurTransport(Path.GetDirectoryName(path)!))
            .Select(path => Path.GetRelativePath(Root, Path.GetDirectoryName(path)!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    internal static CaptureScenario Open(string name) => new(Path.Combine(Root!, name));

    internal JsonDocument Expected() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));

    /// <summary>Every request of our two endpoints, whatever the recorder answered: a retried request is a duplicate.</summary>
    internal IEnumerable<BufferRecord> Records()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.body").Order(StringComparer.Ordinal))
        {
            using var request = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(path, ".json")));
            var target = request.RootElement.GetProperty("path").GetString()!;
            var headers = request.RootElement.GetProperty("headers").EnumerateArray()
                .ToLookup(header => header[0].GetString()!, header => header[1].GetString()!, StringComparer.OrdinalIgnoreCase);
            var body = File.ReadAllBytes(path);
            body = string.Concat(headers["content-encoding"]).Contains("gzip", StringComparison.Ordinal) ? Unzipped(body) : body;
            var receivedAt = UnixMicros.From(request.RootElement.GetProperty("time").GetDateTimeOffset());
            if (target.EndsWith("/api/public/ingestion", StringComparison.Ordinal))
            {
                yield return Converting.Records.Batch(body) with { ReceivedAtMicros = receivedAt };
            }
            else if (target.EndsWith("/otel/v1/traces", StringComparison.Ordinal))
            {
                var isJson = string.Concat(headers["content-type"]).Contains("json", StringComparison.Ordinal);
                yield return Otlp(body, isJson) with { ReceivedAtMicros = receivedAt };
            }
        }
    }

    private static bool HasOurTransport(string folder) => Directory.EnumerateFiles(folder, "0*.json")
        .Any(path => File.ReadAllText(path).Contains("/api/public/", StringComparison.Ordinal));

    private static BufferRecord Otlp(byte[] body, bool isJson)
    {
        if (!isJson)
        {
            return Converting.Records.Of(PayloadKind.OtlpSpans, body, CountSpans(body));
        }

        using var document = JsonDocument.Parse(body);
        var (payload, spans) = OtlpJson.Encode(document.RootElement);
        return Converting.Records.Of(PayloadKind.OtlpSpans, payload, spans);
    }

    private static int CountSpans(ReadOnlySpan<byte> body)
    {
        var spans = 0;
        var data = new ProtoReader(body);
        while (data.TryReadField())
        {
            var resource = new ProtoReader(data.Value);
            while (resource.TryReadField())
            {
                var scope = new ProtoReader(resource.FieldNumber == 2 ? resource.Value : default);
                while (scope.TryReadField())
                {
                    spans += scope.FieldNumber == 2 ? 1 : 0;
                }
            }
        }

        return spans;
    }

    private static byte[] Unzipped(byte[] body)
    {
        using var plain = new MemoryStream();
        using var zipped = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        zipped.CopyTo(plain);
        return plain.ToArray();
    }
}
