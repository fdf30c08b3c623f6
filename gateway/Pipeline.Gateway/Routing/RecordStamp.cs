using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Routing;

/// <summary>What all records of one request have in common.</summary>
internal sealed record RecordStamp
{
    internal required string ProjectId { get; init; }

    internal required string RequestId { get; init; }

    internal required long ReceivedAtMicros { get; init; }

    internal required string PublicKey { get; init; }

    internal required string SdkName { get; init; }

    internal required string SdkVersion { get; init; }

    /// <summary>The envelope of a record with its own id and without its payload.</summary>
    internal BufferRecord ToRecord(PayloadKind kind, int eventCount) => new()
    {
        RecordId = Guid.CreateVersion7(Schemas.UnixMicros.ToDateTimeOffset(ReceivedAtMicros)),
        ProjectId = ProjectId,
        RequestId = RequestId,
        ReceivedAtMicros = ReceivedAtMicros,
        PayloadKind = kind,
        EventCount = eventCount,
        PublicKey = PublicKey,
        SdkName = SdkName,
        SdkVersion = SdkVersion,
        Payload = default,
    };
}
