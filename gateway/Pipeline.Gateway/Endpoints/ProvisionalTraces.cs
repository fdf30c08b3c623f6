using System.Text;
using System.Text.Json;
using Pipeline.Gateway.Authentication;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Endpoints;

internal sealed class ProvisionalTraces
{
    internal bool IsMalformed { get; private set; }
    internal int Spans { get; private set; }
    internal int Rejected { get; }
    internal List<RoutedRecord> Records { get; } = [];

    internal static ProvisionalTraces Admit(ReadOnlyMemory<byte> body, bool isJson, RecordStamp stamp, int partitions)
    {
        var result = new ProvisionalTraces();
        if (isJson)
        {
            result.IsMalformed = true;
            return result;
        }

        var spans = 0;
        var resources = new ProtoReader(body.Span);
        while (resources.TryReadField())
        {
            if (resources.FieldNumber != 1)
            {
                continue;
            }

            var scopes = new ProtoReader(resources.Value);
            while (scopes.TryReadField())
            {
                if (scopes.FieldNumber != 2)
                {
                    continue;
                }

                var inner = new ProtoReader(scopes.Value);
                while (inner.TryReadField())
                {
                    spans += inner.FieldNumber == 2 ? 1 : 0;
                }
            }
        }

        result.IsMalformed = resources.IsDamaged;
        if (!result.IsMalformed && spans > 0)
        {
            result.Spans = spans;
            var value = BufferRecordCodec.EncodeHeader(ProvisionalIngestion.RecordOf(stamp, PayloadKind.OtlpSpans, spans), body.Length, out var payload);
            body.Span.CopyTo(payload);
            result.Records.Add(new RoutedRecord(0 % partitions, stamp.ProjectId, value, spans));
        }

        return result;
    }
}
