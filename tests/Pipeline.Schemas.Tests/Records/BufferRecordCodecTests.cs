using Google.Protobuf;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.Schemas.Tests.Records;

public sealed class BufferRecordCodecTests(ITestOutputHelper output)
{
    public static TheoryData<string> Samples() => ["rest", "otlp", "accounts"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Bytes_are_pinned(string name)
    {
        var golden = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".hex")).Trim();

        Assert.Equal(golden, Convert.ToHexStringLower(BufferRecordCodec.Encode(Sample(name))));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_record_reads_back_as_written(string name)
    {
        var record = Sample(name);

        Assert.Equal(RecordDecodeOutcome.Decoded, BufferRecordCodec.TryDecode(SampleRecords.Headers, BufferRecordCodec.Encode(record), out var decoded));

        Assert.Equal(record.Payload.ToArray(), decoded!.Payload.ToArray());
        Assert.Equal(record with { Payload = default }, decoded with { Payload = default });
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Protobufs_own_code_reads_and_writes_the_same(string name)
    {
        var record = Sample(name);

        var message = Generated.BufferRecord.Parser.ParseFrom(BufferRecordCodec.Encode(record));

        Assert.Equal((uint)SchemaVersion.Current.Major, message.SchemaMajor);
        Assert.Equal(record.RecordId, new Guid(message.RecordId.Span, bigEndian: true));
        Assert.Equal(record.ProjectId, message.ProjectId);
        Assert.Equal(record.ReceivedAtMicros, message.ReceivedAtUs);
        Assert.Equal((int)record.PayloadKind, (int)message.PayloadKind);
        Assert.Equal(record.Payload.ToArray(), message.Payload.ToByteArray());
        Assert.Equal(message.ToByteArray(), BufferRecordCodec.Encode(record));
    }

    [Fact]
    public void Events_are_read_by_protobufs_own_code()
    {
        var record = SampleRecords.Rest();
        var events = new List<LangfuseEvent>();

        Assert.True(LangfuseEventsCodec.TryRead(record.Payload, events));

        var generated = Generated.LangfuseEvents.Parser.ParseFrom(record.Payload.Span).Events;
        Assert.Equal(
            generated.Select(item => (item.Id, item.Type, item.TimestampUs, item.Body)),
            events.Select(item => (item.Id.ToString(), item.Type.ToString(), item.TimestampMicros, ByteString.CopyFrom(item.Body.Span))));
    }

    [Fact]
    public void Accounts_are_read_by_protobufs_own_code()
    {
        var payload = SampleRecords.Accounts().Payload;

        var ours = GatewayAccountsCodec.TryDecode(payload.Span)!;

        var generated = Generated.GatewayAccounts.Parser.ParseFrom(payload.Span);
        Assert.Equal(generated.InstanceId, ours.InstanceId);
        Assert.Equal((long)generated.Sequence, ours.Sequence);
        Assert.Equal(
            generated.Accounts.Select(account => (account.ProjectId, account.MinuteUs, (long)account.Acknowledged)),
            ours.Accounts.Select(account => (account.ProjectId, account.MinuteMicros, account.Acknowledged)));
    }

    [Fact]
    public void A_newer_major_version_in_the_header_is_refused_before_the_value_is_touched()
    {
        var outcome = BufferRecordCodec.TryDecode(new RecordHeaders("2.0", null), new byte[] { 0xFF }, out var record);

        Assert.Equal(RecordDecodeOutcome.UnsupportedVersion, outcome);
        Assert.Null(record);
    }

    [Fact]
    public void A_newer_major_version_in_the_value_is_refused()
    {
        var message = Generated.BufferRecord.Parser.ParseFrom(BufferRecordCodec.Encode(SampleRecords.Rest()));
        message.SchemaMajor = 2;

        Assert.Equal(RecordDecodeOutcome.UnsupportedVersion, BufferRecordCodec.TryDecode(SampleRecords.Headers, message.ToByteArray(), out _));
    }

    [Fact]
    public void Fields_of_a_newer_minor_version_are_skipped()
    {
        byte[] withUnknownField = [.. BufferRecordCodec.Encode(SampleRecords.Rest()), 0xA2, 0x06, 0x03, 1, 2, 3];

        Assert.Equal(RecordDecodeOutcome.Decoded, BufferRecordCodec.TryDecode(new RecordHeaders("1.9", null), withUnknownField, out _));
    }

    [Fact]
    [Trait(FaultSeed.Trait, FaultSeed.Honoured)]
    public void Any_bytes_give_an_outcome_and_no_exception()
    {
        var random = new Random(FaultSeed.Choose(output));
        var valid = BufferRecordCodec.Encode(SampleRecords.Rest());
        for (var round = 0; round < 5000; round++)
        {
            var bytes = valid.AsSpan(0, random.Next(valid.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var outcome = BufferRecordCodec.TryDecode(SampleRecords.Headers, bytes, out var record);

            Assert.True((outcome == RecordDecodeOutcome.Decoded) == (record is not null));
        }
    }

    [Fact]
    public void Names_are_pinned()
    {
        Assert.Equal("pipeline-schema-version", RecordHeaderNames.SchemaVersion);
        Assert.Equal("traceparent", RecordHeaderNames.TraceParent);
        Assert.Equal("pipeline.ingest", TopicNames.Ingest);
        Assert.Equal("project-1/trace-1", PartitionRule.KeyOf("project-1", "trace-1"u8));
    }

    private static BufferRecord Sample(string name) => name switch
    {
        "rest" => SampleRecords.Rest(),
        "otlp" => SampleRecords.Otlp(),
        _ => SampleRecords.Accounts(),
    };
}
