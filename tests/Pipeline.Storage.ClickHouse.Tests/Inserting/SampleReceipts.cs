using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;

namespace Pipeline.Storage.ClickHouse.Tests.Inserting;

/// <summary>Receipts whose fields all differ from their defaults.</summary>
internal static class SampleReceipts
{
    // Of today, because the engine drops receipts after their time to live.
    internal static readonly DateTimeOffset Today = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);

    internal static long ReceivedAtMicros => UnixMicros.From(Today) + 75_123_456;

    internal static Receipt Any() => new()
    {
        RecordId = Guid.Parse("019a9f2e-1234-7abc-8def-0123456789ab"),
        ProjectId = "project-a",
        RequestId = "request-1",
        InstanceId = "gateway-1",
        ReceivedAtMicros = ReceivedAtMicros,
        Topic = "pipeline.traces",
        Partition = 3,
        Offset = 5_000_000_000,
        Attempt = 1,
        PayloadKind = PayloadKind.OtlpSpans,
        Accepted = 50,
        Stored = 49,
        Failed = 1,
        EventHashes = [1, ulong.MaxValue],
        EntityHashes = [7],
        TraceHashes = [],
    };
}
