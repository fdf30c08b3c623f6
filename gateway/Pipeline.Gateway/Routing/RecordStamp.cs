using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Routing;

/// <summary>What every record of a request carries about it.</summary>
/// <param name="ProjectId">Project of the key.</param>
/// <param name="PublicKey">Public half of the key.</param>
/// <param name="RequestId">Id of the request.</param>
/// <param name="ReceivedAt">When the request arrived.</param>
/// <param name="SdkName">Client library.</param>
/// <param name="SdkVersion">Its version.</param>
/// <param name="InstanceId">The life of this gateway.</param>
internal readonly record struct RecordStamp(
    string ProjectId,
    string PublicKey,
    string RequestId,
    DateTimeOffset ReceivedAt,
    string SdkName,
    string SdkVersion,
    string InstanceId)
{
    /// <summary>The envelope of a record with an id of its own and without its payload.</summary>
    internal BufferRecord ToRecord(PayloadKind kind, int eventCount) => new()
    {
        RecordId = Guid.CreateVersion7(ReceivedAt),
        ProjectId = ProjectId,
        RequestId = RequestId,
        ReceivedAtMicros = UnixMicros.From(ReceivedAt),
        PayloadKind = kind,
        EventCount = eventCount,
        PublicKey = PublicKey,
        SdkName = SdkName,
        SdkVersion = SdkVersion,
        InstanceId = InstanceId,
        Payload = default,
    };
}
