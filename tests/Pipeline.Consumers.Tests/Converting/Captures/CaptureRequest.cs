using System.Text.Json;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>One recorded request, decompressed, and two ways from it to records.</summary>
internal sealed record CaptureRequest(byte[] Body, bool IsOtlp, bool IsJson, DateTimeOffset ReceivedAt)
{
    private const int Partitions = 4;

    /// <summary>The one record that the contract says, made without the gateway.</summary>
    internal BufferRecord ToRecord() => (IsOtlp ? Otlp() : Records.Batch(Body)) with { ReceivedAtMicros = UnixMicros.From(ReceivedAt) };

    /// <summary>The records that the gateway makes, read back as the consumer reads them.</summary>
    internal IEnumerable<BufferRecord> ToGatewayRecords()
    {
        var stamp = new RecordStamp(Records.Project, "pk", "request", ReceivedAt, "sdk", "1", "gateway-1");
        var headers = new RecordHeaders(SchemaVersion.Current.ToString(), null);
        foreach (var routed in Route(stamp))
        {
            Assert.Equal(RecordDecodeOutcome.Decoded, BufferRecordCodec.TryDecode(headers, routed.Value, out var record));
            yield return record!;
        }
    }

    private BufferRecord Otlp()
    {
        if (!IsJson)
        {
            return Records.Of(PayloadKind.OtlpSpans, Body, CountSpans(Body));
        }

        using var document = JsonDocument.Parse(Body);
        var (payload, spans) = OtlpJson.Encode(document.RootElement);
        return Records.Of(PayloadKind.OtlpSpans, payload, spans);
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

    private List<RoutedRecord> Route(RecordStamp stamp)
    {
        if (!IsOtlp)
        {
            var admitted = IngestionAdmission.Admit(Body, Records.Project, isPublicKeyAlone: false);
            Assert.Null(admitted.Rejection);
            Assert.Empty(admitted.Errors);
            return IngestionRouting.Route(admitted.Events, stamp, Partitions);
        }

        var spans = IsJson ? OtlpJsonAdmission.Admit(Body) : OtlpProtobufAdmission.Admit(Body);
        Assert.Equal(0, spans.RejectedSpans);
        return OtlpRouting.Route(spans, stamp, Partitions);
    }
}
