using Pipeline.Gateway.Routing;
using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Tests.Routing;

/// <summary>The stamp of test requests, and reading records back as a consumer does.</summary>
internal static class Stamps
{
    internal static readonly RecordStamp One =
        new("project-1", "pk-lf-1", "request-1", new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero), "python", "4.18.0", "gateway-1");

    internal static BufferRecord Decode(RoutedRecord routed)
    {
        var headers = new RecordHeaders(SchemaVersion.Current.ToString(), null);
        Assert.Equal(RecordDecodeOutcome.Decoded, BufferRecordCodec.TryDecode(headers, routed.Value, out var record));
        Assert.Equal(routed.EventCount, record!.EventCount);
        return record;
    }
}
