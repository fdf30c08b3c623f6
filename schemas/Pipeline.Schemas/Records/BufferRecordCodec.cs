using System.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Schemas.Records;

/// <summary>Writes and reads the wire form of <see cref="BufferRecord"/>, field by field, without intermediate objects.</summary>
/// <remarks>
/// The message is <c>pipeline.v1.BufferRecord</c>. Golden files pin its bytes, and a test parses them with Protobuf's own generated code.
/// The payload is the last field, so that a producer can build it in place behind the header.
/// </remarks>
public static class BufferRecordCodec
{
    private const int SchemaMajorField = 1;
    private const int SchemaMinorField = 2;
    private const int RecordIdField = 3;
    private const int ProjectIdField = 4;
    private const int RequestIdField = 5;
    private const int ReceivedAtField = 6;
    private const int PayloadKindField = 7;
    private const int EventCountField = 8;
    private const int PublicKeyField = 9;
    private const int SdkNameField = 10;
    private const int SdkVersionField = 11;
    private const int LaneField = 12;
    private const int AttemptField = 13;
    private const int ReplayOriginField = 14;
    private const int InstanceIdField = 15;
    private const int PayloadField = 16;
    private const int RecordIdLength = 16;

    /// <summary>Encodes the record with its payload.</summary>
    public static byte[] Encode(BufferRecord record)
    {
        var bytes = EncodeHeader(record, record.Payload.Length, out var payload);
        record.Payload.Span.CopyTo(payload);
        return bytes;
    }

    /// <summary>Encodes everything but the payload, and leaves room for it at the end; <see cref="BufferRecord.Payload"/> is not read.</summary>
    /// <param name="record">The record.</param>
    /// <param name="payloadLength">Bytes to reserve.</param>
    /// <param name="payload">Where the caller writes exactly that many bytes.</param>
    /// <returns>The whole message; it is complete once the payload is written.</returns>
    public static byte[] EncodeHeader(BufferRecord record, int payloadLength, out Span<byte> payload)
    {
        var size = ProtoWriter.SizeOfNumber(SchemaMajorField, (uint)SchemaVersion.Current.Major)
            + ProtoWriter.SizeOfNumber(SchemaMinorField, (uint)SchemaVersion.Current.Minor)
            + ProtoWriter.SizeOfBytes(RecordIdField, RecordIdLength)
            + ProtoWriter.SizeOfString(ProjectIdField, record.ProjectId)
            + ProtoWriter.SizeOfString(RequestIdField, record.RequestId)
            + ProtoWriter.SizeOfNumber(ReceivedAtField, (ulong)record.ReceivedAtMicros)
            + ProtoWriter.SizeOfNumber(PayloadKindField, (uint)record.PayloadKind)
            + ProtoWriter.SizeOfNumber(EventCountField, (uint)record.EventCount)
            + ProtoWriter.SizeOfString(PublicKeyField, record.PublicKey)
            + ProtoWriter.SizeOfString(SdkNameField, record.SdkName)
            + ProtoWriter.SizeOfString(SdkVersionField, record.SdkVersion)
            + ProtoWriter.SizeOfNumber(LaneField, (uint)record.Lane)
            + ProtoWriter.SizeOfNumber(AttemptField, (uint)record.Attempt)
            + ProtoWriter.SizeOfString(ReplayOriginField, record.ReplayOrigin)
            + ProtoWriter.SizeOfString(InstanceIdField, record.InstanceId)
            + ProtoWriter.SizeOfMessage(PayloadField, payloadLength);

        // Every byte is written below or by the caller.
        var bytes = GC.AllocateUninitializedArray<byte>(size);
        var writer = new ProtoWriter(bytes);
        writer.WriteNumber(SchemaMajorField, (uint)SchemaVersion.Current.Major);
        writer.WriteNumber(SchemaMinorField, (uint)SchemaVersion.Current.Minor);
        Span<byte> recordId = stackalloc byte[RecordIdLength];
        record.RecordId.TryWriteBytes(recordId, bigEndian: true, out _);
        writer.WriteBytes(RecordIdField, recordId);
        writer.WriteString(ProjectIdField, record.ProjectId);
        writer.WriteString(RequestIdField, record.RequestId);
        writer.WriteNumber(ReceivedAtField, (ulong)record.ReceivedAtMicros);
        writer.WriteNumber(PayloadKindField, (uint)record.PayloadKind);
        writer.WriteNumber(EventCountField, (uint)record.EventCount);
        writer.WriteString(PublicKeyField, record.PublicKey);
        writer.WriteString(SdkNameField, record.SdkName);
        writer.WriteString(SdkVersionField, record.SdkVersion);
        writer.WriteNumber(LaneField, (uint)record.Lane);
        writer.WriteNumber(AttemptField, (uint)record.Attempt);
        writer.WriteString(ReplayOriginField, record.ReplayOrigin);
        writer.WriteString(InstanceIdField, record.InstanceId);
        writer.WriteMessageHeader(PayloadField, payloadLength);
        payload = bytes.AsSpan(writer.Written, payloadLength);
        return bytes;
    }

    /// <summary>Decodes one record; its payload is a slice of <paramref name="value"/>.</summary>
    /// <param name="headers">The record's headers: the version is checked there before the value is touched.</param>
    /// <param name="value">The message bytes.</param>
    /// <param name="record">The record, when the outcome is <see cref="RecordDecodeOutcome.Decoded"/>.</param>
    public static RecordDecodeOutcome TryDecode(RecordHeaders headers, ReadOnlyMemory<byte> value, out BufferRecord? record)
    {
        record = null;
        if (!SchemaVersion.TryParse(headers.SchemaVersion, out var headerVersion))
        {
            return RecordDecodeOutcome.Malformed;
        }

        if (!headerVersion.IsReadable)
        {
            return RecordDecodeOutcome.UnsupportedVersion;
        }

        var major = 0;
        var minor = 0;
        Guid? recordId = null;
        string projectId = "", requestId = "", publicKey = "", sdkName = "", sdkVersion = "", replayOrigin = "", instanceId = "";
        long receivedAt = 0;
        var kind = PayloadKind.None;
        var lane = RecordLane.Live;
        int eventCount = 0, attempt = 0;
        ReadOnlyMemory<byte>? payload = null;

        var reader = new ProtoReader(value.Span);
        while (reader.TryReadField())
        {
            switch (reader.FieldNumber)
            {
                case SchemaMajorField: major = (int)reader.Number; break;
                case SchemaMinorField: minor = (int)reader.Number; break;
                case RecordIdField when reader.WireType == ProtoWireType.Bytes && reader.ValueLength == RecordIdLength:
                    recordId = new Guid(reader.Value, bigEndian: true);
                    break;
                case ProjectIdField when reader.WireType == ProtoWireType.Bytes: projectId = Encoding.UTF8.GetString(reader.Value); break;
                case RequestIdField when reader.WireType == ProtoWireType.Bytes: requestId = Encoding.UTF8.GetString(reader.Value); break;
                case ReceivedAtField: receivedAt = (long)reader.Number; break;
                case PayloadKindField: kind = (PayloadKind)reader.Number; break;
                case EventCountField: eventCount = (int)reader.Number; break;
                case PublicKeyField when reader.WireType == ProtoWireType.Bytes: publicKey = Encoding.UTF8.GetString(reader.Value); break;
                case SdkNameField when reader.WireType == ProtoWireType.Bytes: sdkName = Encoding.UTF8.GetString(reader.Value); break;
                case SdkVersionField when reader.WireType == ProtoWireType.Bytes: sdkVersion = Encoding.UTF8.GetString(reader.Value); break;
                case LaneField: lane = reader.Number == (ulong)RecordLane.Replay ? RecordLane.Replay : RecordLane.Live; break;
                case AttemptField: attempt = (int)reader.Number; break;
                case ReplayOriginField when reader.WireType == ProtoWireType.Bytes: replayOrigin = Encoding.UTF8.GetString(reader.Value); break;
                case InstanceIdField when reader.WireType == ProtoWireType.Bytes: instanceId = Encoding.UTF8.GetString(reader.Value); break;
                case PayloadField when reader.WireType == ProtoWireType.Bytes: payload = value.Slice(reader.ValueStart, reader.ValueLength); break;
                default: break;
            }
        }

        if (!reader.IsDamaged && major > SchemaVersion.Current.Major)
        {
            return RecordDecodeOutcome.UnsupportedVersion;
        }

        if (reader.IsDamaged || !new SchemaVersion(major, minor).IsReadable || recordId is null || projectId.Length == 0
            || payload is null || kind is not (PayloadKind.LangfuseEvents or PayloadKind.OtlpSpans or PayloadKind.GatewayAccounts))
        {
            return RecordDecodeOutcome.Malformed;
        }

        record = new BufferRecord
        {
            RecordId = recordId.Value,
            ProjectId = projectId,
            RequestId = requestId,
            ReceivedAtMicros = receivedAt,
            PayloadKind = kind,
            EventCount = eventCount,
            PublicKey = publicKey,
            SdkName = sdkName,
            SdkVersion = sdkVersion,
            Lane = lane,
            Attempt = attempt,
            ReplayOrigin = replayOrigin,
            InstanceId = instanceId,
            Payload = payload.Value,
        };
        return RecordDecodeOutcome.Decoded;
    }
}
