using System.IO.Compression;
using System.Text.Json;
using Google.Protobuf;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Gateway.Tests.Routing;
using Pipeline.Testing.Otlp;

namespace Pipeline.Gateway.Tests.Admission;

/// <summary>Requests that real clients sent: all of them are admitted whole.</summary>
public sealed class CaptureAdmissionTests
{
    private static string? Root => CaptureTheoryAttribute.Root;

    public static TheoryData<string> Requests() => Root is null
        ? []
        : [.. Directory.EnumerateFiles(Root, "*.body", SearchOption.AllDirectories).Where(IsOurs).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    [CaptureTheory]
    [MemberData(nameof(Requests))]
    public void A_recorded_request_is_admitted_whole(string path)
    {
        using var request = Describe(Path.Combine(Root!, path));
        var body = Body(Path.Combine(Root!, path), request);

        if (Target(request).EndsWith("/ingestion", StringComparison.Ordinal))
        {
            AssertEventsAdmitted(body);
        }
        else
        {
            AssertSpansAdmitted(body, isJson: Header(request, "content-type").Contains("json", StringComparison.Ordinal));
        }
    }

    private static void AssertEventsAdmitted(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var expected = document.RootElement.GetProperty("batch").GetArrayLength();

        var result = Admit.Body(body);

        Assert.Null(result.Rejection);
        Assert.Empty(result.Errors.Select(error => error.Error));
        Assert.Equal(expected, result.Events.Count + result.SdkLogs);
        Assert.Equal(result.Events.Count, IngestionRouting.Route(result.Events, Stamps.One, 4).Sum(record => record.EventCount));
    }

    private static void AssertSpansAdmitted(byte[] body, bool isJson)
    {
        using var admitted = isJson ? OtlpJsonAdmission.Admit(body) : OtlpProtobufAdmission.Admit(body);

        Assert.Equal((false, null), (admitted.IsDamaged, admitted.ErrorMessage));
        var whole = TracesData.Parser.ParseFrom(admitted.Message.Span);
        var routed = OtlpRouting.Route(admitted, Stamps.One, 4).ConvertAll(record => TracesData.Parser.ParseFrom(Stamps.Decode(record).Payload.Span));
        Assert.NotEmpty(routed);
        Assert.Equal(TestTraces.Describe([whole]), TestTraces.Describe(routed));
    }

    private static bool IsOurs(string path)
    {
        using var request = Describe(path);
        var target = Target(request);
        return target.EndsWith("/api/public/ingestion", StringComparison.Ordinal) || target.EndsWith("/otel/v1/traces", StringComparison.Ordinal);
    }

    private static JsonDocument Describe(string path) => JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(path, ".json")));

    private static string Target(JsonDocument request) => request.RootElement.GetProperty("path").GetString()!;

    private static string Header(JsonDocument request, string name) => string.Concat(
        request.RootElement.GetProperty("headers").EnumerateArray()
            .Where(header => string.Equals(header[0].GetString(), name, StringComparison.OrdinalIgnoreCase))
            .Select(header => header[1].GetString()));

    private static byte[] Body(string path, JsonDocument request)
    {
        var body = File.ReadAllBytes(path);
        if (!Header(request, "content-encoding").Contains("gzip", StringComparison.Ordinal))
        {
            return body;
        }

        using var plain = new MemoryStream();
        using var zipped = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        zipped.CopyTo(plain);
        return plain.ToArray();
    }
}
