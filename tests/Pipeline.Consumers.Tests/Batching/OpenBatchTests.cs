using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Tests.Converting;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Tests.Batching;

public sealed class OpenBatchTests
{
    private static readonly RecordHeaders Headers = new("1.0", null);

    [Fact]
    public void Updates_of_one_entity_fold_to_one_row_and_keep_a_receipt_each()
    {
        var batch = new OpenBatch();

        for (var i = 0; i < 10; i++)
        {
            batch.Add(Read(i, Records.Rest(Records.Event("span-update", $$"""{"id":"o1","traceId":"t1","name":"n{{i}}"}""")) with { RecordId = Guid.NewGuid() }));
        }

        // The observation, its trace, and ten receipts.
        Assert.Equal((10, 10, 2, 12), (batch.Size.Records, batch.Size.Events, batch.Size.States, batch.Size.Rows));
        var cut = batch.Cut();
        Assert.Equal(10, cut.States.Receipts.Count);
        Assert.Equal(new PartitionOffset(3, 10), Assert.Single(cut.Summary.NextOffsets));
        Assert.True(batch.IsEmpty);
        Assert.Equal(default, batch.Size);
    }

    [Fact]
    public void A_malformed_record_is_kept_with_its_coordinates_and_bytes_and_counts_as_failed()
    {
        var batch = new OpenBatch();
        byte[] bytes = [0xFF, 1, 2];

        batch.Add(new BufferedRecord("events", 3, 42, 7, Headers, bytes));
        batch.Add(new BufferedRecord("events", 3, 42, 7, Headers, bytes));

        var cut = batch.Cut();
        var rejected = cut.States.Rejected[0];
        Assert.Equal(("events", 3, 42L, -1, "malformed_record"), (rejected.Topic, rejected.Partition, rejected.Offset, rejected.Position, rejected.Reason));
        Assert.Equal((1, 0, 1), (cut.States.Receipts[0].Accepted, cut.States.Receipts[0].Stored, cut.States.Receipts[0].Failed));
        Assert.Equal(cut.States.Receipts[0].RecordId, cut.States.Receipts[1].RecordId);
        Assert.Equal(2, cut.Summary.Rejected.Count);
        Assert.Equal(bytes, cut.Summary.Records[0].Value.ToArray());
    }

    [Fact]
    public void A_record_without_a_version_is_malformed_and_one_of_a_newer_version_stops()
    {
        var batch = new OpenBatch();
        var value = BufferRecordCodec.Encode(Records.Rest(Records.Event("trace-create", """{"id":"t1"}""")));

        batch.Add(new BufferedRecord("events", 0, 0, 0, new RecordHeaders(null, null), value));
        var stop = Assert.Throws<UnreadableRecordException>(() => batch.Add(new BufferedRecord("events", 2, 17, 0, new RecordHeaders("2.0", null), value)));

        Assert.Contains("events/2/17", stop.Message, StringComparison.Ordinal);
        Assert.Contains("2.0", stop.Message, StringComparison.Ordinal);
        Assert.Equal(new PartitionOffset(0, 1), Assert.Single(batch.Cut().Summary.NextOffsets));
    }

    [Fact]
    public void A_gateways_report_becomes_accounts_and_a_receipt_without_events()
    {
        var batch = new OpenBatch();
        var payload = GatewayAccountsCodec.Encode(new GatewayAccounts("gateway-1", 3, [new GatewayAccount("p", 60_000_000, 12)]));

        batch.Add(Read(0, Records.Of(PayloadKind.GatewayAccounts, payload, 0)));

        var cut = batch.Cut();
        Assert.Equal(("gateway-1", 3L, 12L), (cut.States.Accounts[0].InstanceId, cut.States.Accounts[0].Sequence, cut.States.Accounts[0].Account.Acknowledged));
        var receipt = Assert.Single(cut.States.Receipts);
        Assert.Equal((0, 0, 0), (receipt.Accepted, receipt.Stored, receipt.Failed));
    }

    [Fact]
    public void What_spans_share_counts_for_each_of_them()
    {
        var batch = new OpenBatch();
        var resource = new Dictionary<string, object?> { ["note"] = new string('x', 10_000) };
        var spans = Enumerable.Range(1, 50).Select(id => OtlpMessages.Span(spanId: OtlpMessages.Hex((ulong)id))).ToArray();

        batch.Add(Read(0, OtlpMessages.Record(spans, resource: resource)));

        Assert.InRange(batch.Size.Bytes, 10_000, 30_000);
        Assert.True(batch.Size.MetadataBytes > 50 * 10_000);
        batch.Cut();
        Assert.Equal(0, batch.Size.MetadataBytes);
    }

    [Fact]
    public void A_damaged_report_keeps_the_id_of_its_record()
    {
        var batch = new OpenBatch();
        var record = Records.Of(PayloadKind.GatewayAccounts, new byte[] { 0x1A, 0x7F }, 0);

        batch.Add(Read(0, record));

        var cut = batch.Cut();
        Assert.Equal("malformed_accounts", Assert.Single(cut.States.Rejected).Reason);
        Assert.Equal(record.RecordId, Assert.Single(cut.States.Receipts).RecordId);
    }

    private static BufferedRecord Read(long offset, BufferRecord record) => new("events", 3, offset, 1_000 + offset, Headers, BufferRecordCodec.Encode(record));
}
