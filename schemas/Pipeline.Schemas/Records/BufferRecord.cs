namespace Pipeline.Schemas.Records;

/// <summary>One record on the log: everything one request sends to one partition.</summary>
/// <remarks>The wire form is <c>pipeline.v1.BufferRecord</c> in <c>protos/buffer_record.proto</c>, written and read by <see cref="BufferRecordCodec"/>.</remarks>
public sealed record BufferRecord
{
    /// <summary>UUIDv7 that the gateway assigns; it survives redelivery and replay and identifies the receipt.</summary>
    public required Guid RecordId { get; init; }

    /// <summary>The project of the key that sent the request; never taken from a body.</summary>
    public required string ProjectId { get; init; }

    /// <summary>The request's id, as answered in <c>x-request-id</c>.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>When the gateway received the request, in microseconds since the epoch. Replay keeps it.</summary>
    public required long ReceivedAtMicros { get; init; }

    /// <summary>What <see cref="Payload"/> holds.</summary>
    public required PayloadKind PayloadKind { get; init; }

    /// <summary>How many events (REST) or spans (OTLP) the payload holds; 0 for accounting.</summary>
    public required int EventCount { get; init; }

    /// <summary>The public key of the credentials used.</summary>
    public string PublicKey { get; init; } = "";

    /// <summary>Client library name as sent, or <c>unknown</c>.</summary>
    public string SdkName { get; init; } = "unknown";

    /// <summary>Client library version as sent, or <c>unknown</c>.</summary>
    public string SdkVersion { get; init; } = "unknown";

    /// <summary>How the record came to the log.</summary>
    public RecordLane Lane { get; init; }

    /// <summary>0 for the first delivery; raised by one each time a failed batch is replayed.</summary>
    public int Attempt { get; init; }

    /// <summary>Replay job that appended the record; empty for live records.</summary>
    public string ReplayOrigin { get; init; } = "";

    /// <summary>The life of the gateway process that appended the record; its own count of what it acknowledged is compared with it.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>The payload bytes.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }
}
