using System.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Schemas.Records;

/// <summary>Writes and reads the payload of <see cref="PayloadKind.GatewayAccounts"/>.</summary>
public static class GatewayAccountsCodec
{
    private const int InstanceIdField = 1;
    private const int SequenceField = 2;
    private const int AccountsField = 3;
    private const int ProjectIdField = 1;
    private const int MinuteField = 2;
    private const int AcknowledgedField = 3;

    /// <summary>Encodes a report.</summary>
    public static byte[] Encode(GatewayAccounts report)
    {
        var size = ProtoWriter.SizeOfString(InstanceIdField, report.InstanceId) + ProtoWriter.SizeOfNumber(SequenceField, (ulong)report.Sequence);
        foreach (var account in report.Accounts)
        {
            size += ProtoWriter.SizeOfMessage(AccountsField, SizeOf(account));
        }

        var bytes = new byte[size];
        var writer = new ProtoWriter(bytes);
        writer.WriteString(InstanceIdField, report.InstanceId);
        writer.WriteNumber(SequenceField, (ulong)report.Sequence);
        foreach (var account in report.Accounts)
        {
            writer.WriteMessageHeader(AccountsField, SizeOf(account));
            writer.WriteString(ProjectIdField, account.ProjectId);
            writer.WriteNumber(MinuteField, (ulong)account.MinuteMicros);
            writer.WriteNumber(AcknowledgedField, (ulong)account.Acknowledged);
        }

        return bytes;
    }

    /// <summary>Decodes a report; null when the bytes are damaged.</summary>
    public static GatewayAccounts? TryDecode(ReadOnlySpan<byte> payload)
    {
        var instanceId = "";
        long sequence = 0;
        var accounts = new List<GatewayAccount>();
        var reader = new ProtoReader(payload);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == InstanceIdField && reader.WireType == ProtoWireType.Bytes)
            {
                instanceId = Encoding.UTF8.GetString(reader.Value);
            }
            else if (reader.FieldNumber == SequenceField && reader.WireType == ProtoWireType.Varint)
            {
                sequence = (long)reader.Number;
            }
            else if (reader.FieldNumber == AccountsField && reader.WireType == ProtoWireType.Bytes)
            {
                if (!TryDecodeAccount(reader.Value, out var account))
                {
                    return null;
                }

                accounts.Add(account);
            }
        }

        return reader.IsDamaged || instanceId.Length == 0 ? null : new GatewayAccounts(instanceId, sequence, accounts);
    }

    private static bool TryDecodeAccount(ReadOnlySpan<byte> message, out GatewayAccount account)
    {
        var projectId = "";
        long minute = 0, acknowledged = 0;
        var reader = new ProtoReader(message);
        while (reader.TryReadField())
        {
            switch (reader.FieldNumber)
            {
                case ProjectIdField when reader.WireType == ProtoWireType.Bytes: projectId = Encoding.UTF8.GetString(reader.Value); break;
                case MinuteField: minute = (long)reader.Number; break;
                case AcknowledgedField: acknowledged = (long)reader.Number; break;
                default: break;
            }
        }

        account = new GatewayAccount(projectId, minute, acknowledged);
        return !reader.IsDamaged;
    }

    private static int SizeOf(GatewayAccount account) =>
        ProtoWriter.SizeOfString(ProjectIdField, account.ProjectId)
        + ProtoWriter.SizeOfNumber(MinuteField, (ulong)account.MinuteMicros)
        + ProtoWriter.SizeOfNumber(AcknowledgedField, (ulong)account.Acknowledged);
}
