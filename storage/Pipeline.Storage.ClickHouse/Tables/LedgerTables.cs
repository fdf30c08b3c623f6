using Pipeline.Storage.Batches;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>The tables of the ledger, column for column as <c>0002_ledger.sql</c> has them.</summary>
internal static class LedgerTables
{
    internal static readonly Table<Receipt> Receipts = new("receipts",
    [
        Columns.Uuid<Receipt>("record_id", row => row.RecordId),
        Columns.String<Receipt>("project_id", row => row.ProjectId),
        Columns.Minute<Receipt>("minute", row => row.ReceivedAtMicros),
        Columns.Time<Receipt>("received_at", row => row.ReceivedAtMicros),
        Columns.String<Receipt>("topic", row => row.Topic),
        Columns.UInt32<Receipt>("partition", row => row.Partition),
        Columns.UInt64<Receipt>("offset", row => row.Offset),
        Columns.String<Receipt>("request_id", row => row.RequestId),
        Columns.String<Receipt>("instance_id", row => row.InstanceId),
        Columns.UInt32<Receipt>("attempt", row => row.Attempt),
        Columns.UInt8<Receipt>("payload_kind", row => (byte)row.PayloadKind),
        Columns.UInt32<Receipt>("accepted", row => row.Accepted),
        Columns.UInt32<Receipt>("stored", row => row.Stored),
        Columns.UInt32<Receipt>("failed", row => row.Failed),
        Columns.Hashes<Receipt>("event_hashes", row => row.EventHashes),
        Columns.Hashes<Receipt>("entity_hashes", row => row.EntityHashes),
        Columns.Hashes<Receipt>("trace_hashes", row => row.TraceHashes),
    ]);

    internal static readonly Table<AccountReport> Accounts = new("gateway_accounts",
    [
        Columns.String<AccountReport>("project_id", row => row.Account.ProjectId),
        Columns.Minute<AccountReport>("minute", row => row.Account.MinuteMicros),
        Columns.String<AccountReport>("instance_id", row => row.InstanceId),
        Columns.UInt64<AccountReport>("sequence", row => row.Sequence),
        Columns.UInt64<AccountReport>("acknowledged", row => row.Account.Acknowledged),
    ]);

    internal static readonly Table<RejectedEvent> Rejected = new("rejected_events",
    [
        Columns.String<RejectedEvent>("topic", row => row.Topic),
        Columns.UInt32<RejectedEvent>("partition", row => row.Partition),
        Columns.UInt64<RejectedEvent>("offset", row => row.Offset),
        Columns.Int32<RejectedEvent>("position", row => row.Position),
        Columns.Uuid<RejectedEvent>("record_id", row => row.RecordId ?? Guid.Empty),
        Columns.String<RejectedEvent>("project_id", row => row.ProjectId),
        Columns.String<RejectedEvent>("reason", row => row.Reason),
        Columns.String<RejectedEvent>("detail", row => row.Detail),
    ]);
}
