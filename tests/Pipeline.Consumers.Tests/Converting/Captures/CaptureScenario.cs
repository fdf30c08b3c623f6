using System.IO.Compression;
using System.Text.Json;

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
    internal IEnumerable<CaptureRequest> Requests()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.body").Order(StringComparer.Ordinal))
        {
            using var request = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(path, ".json")));
            var target = request.RootElement.GetProperty("path").GetString()!;
            var headers = request.RootElement.GetProperty("headers").EnumerateArray()
                .ToLookup(header => header[0].GetString()!, header => header[1].GetString()!, StringComparer.OrdinalIgnoreCase);
            var body = File.ReadAllBytes(path);
            body = string.Concat(headers["content-encoding"]).Contains("gzip", StringComparison.Ordinal) ? Unzipped(body) : body;
            var isOtlp = target.EndsWith("/otel/v1/traces", StringComparison.Ordinal);
            if (isOtlp || target.EndsWith("/api/public/ingestion", StringComparison.Ordinal))
            {
                var isJson = string.Concat(headers["content-type"]).Contains("json", StringComparison.Ordinal);
                yield return new CaptureRequest(body, isOtlp, isJson, request.RootElement.GetProperty("time").GetDateTimeOffset());
            }
        }
    }

    private static bool HasOurTransport(string folder) => Directory.EnumerateFiles(folder, "0*.json")
        .Any(path => File.ReadAllText(path).Contains("/api/public/", StringComparison.Ordinal));

    private static byte[] Unzipped(byte[] body)
    {
        using var plain = new MemoryStream();
        using var zipped = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        zipped.CopyTo(plain);
        return plain.ToArray();
    }
}
