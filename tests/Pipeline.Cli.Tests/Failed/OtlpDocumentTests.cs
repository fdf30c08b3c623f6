using System.Text.Json;
using Google.Protobuf;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;
using Pipeline.Testing.Otlp;

namespace Pipeline.Cli.Tests.Failed;

public sealed class OtlpDocumentTests
{
    [Fact]
    public void A_message_reads_as_it_was_made()
    {
        var document = OtlpDocument.Of(TestTraces.Of(TestTraces.Span(1, 2, padding: 3)).ToByteArray())!;

        var resource = document["resourceSpans"]![0]!;
        var span = resource["scopeSpans"]![0]!["spans"]![0]!;
        Assert.Equal("test", (string)resource["resource"]!["attributes"]![0]!["value"]!["stringValue"]!);
        Assert.Equal(Convert.ToHexStringLower(TestTraces.TraceId(1).Span), (string)span["traceId"]!);
        Assert.Equal(("span-2", "1", "xxx"), ((string)span["name"]!, (string)span["startTimeUnixNano"]!, (string)span["attributes"]![0]!["value"]!["stringValue"]!));
    }

    [Fact]
    public void Damaged_bytes_are_no_document() => Assert.Null(OtlpDocument.Of(TestTraces.Of(TestTraces.Span(1, 2)).ToByteArray().AsMemory()[..^3]));

    [Fact]
    public void A_value_that_nests_without_end_is_cut_and_can_be_written()
    {
        var value = new AnyValue { StringValue = "bottom" };
        for (var depth = 0; depth < 90; depth++)
        {
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        }

        var span = TestTraces.Span(1, 2);
        span.Attributes[0].Value = value;

        var document = OtlpDocument.Of(TestTraces.Of(span).ToByteArray());
        var text = JsonSerializer.Serialize(new[] { new { Records = new[] { new { Content = document } } } }, JsonOutput.Options);

        Assert.Contains("deeper than is shown", text, StringComparison.Ordinal);
        Assert.DoesNotContain("bottom", text, StringComparison.Ordinal);
    }
}
