using System.Text;
using Google.Protobuf;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas;
using Pipeline.Schemas.Wire;
using Pipeline.Testing.Otlp;

namespace Pipeline.Gateway.Tests.Admission;

public sealed class OtlpProtobufAdmissionTests
{
    [Fact]
    public void Spans_are_places_in_the_message()
    {
        var data = TestTraces.Of(TestTraces.Span(1, 10), TestTraces.Span(2, 20));
        var message = data.ToByteArray();

        var admitted = OtlpProtobufAdmission.Admit(message);

        Assert.False(admitted.IsDamaged);
        Assert.Equal(0, admitted.RejectedSpans);
        Assert.Equal(
            data.ResourceSpans[0].ScopeSpans[0].Spans, admitted.Spans.Select(span => Span.Parser.ParseFrom(message, span.Start, span.Length)));
        Assert.Equal(
            [TestTraces.TraceId(1), TestTraces.TraceId(2)], admitted.Spans.Select(span => ByteString.CopyFrom(message, span.TraceIdStart, 16)));
    }

    [Fact]
    public void An_empty_message_has_no_spans()
    {
        var admitted = OtlpProtobufAdmission.Admit(default);

        Assert.Equal((false, 0, 0), (admitted.IsDamaged, admitted.Spans.Count, admitted.RejectedSpans));
    }

    [Theory]
    [InlineData("{\"resourceSpans\":[]}")]
    [InlineData("\u000a\u0005ab")]
    [InlineData("\u000a")]
    [InlineData("\u0008\u0001")]
    [InlineData("\u000b")]
    public void Other_bytes_are_refused(string bytes) => Assert.True(OtlpProtobufAdmission.Admit(Encoding.ASCII.GetBytes(bytes)).IsDamaged);

    [Fact]
    public void A_message_cut_anywhere_inside_a_field_is_refused()
    {
        var message = TestTraces.Of(TestTraces.Span(1, 10), TestTraces.Span(2, 20)).ToByteArray();

        Assert.All(Enumerable.Range(1, message.Length - 1), length => Assert.True(OtlpProtobufAdmission.Admit(message.AsMemory(0, length)).IsDamaged));
    }

    [Theory]
    [InlineData(0, 8, "trace_id")]
    [InlineData(15, 8, "trace_id")]
    [InlineData(17, 8, "trace_id")]
    [InlineData(16, 0, "span_id")]
    [InlineData(16, 7, "span_id")]
    [InlineData(16, 16, "span_id")]
    public void Ids_of_another_length_refuse_their_span_alone(int traceIdLength, int spanIdLength, string reason)
    {
        var bad = TestTraces.Span(1, 1);
        bad.TraceId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, traceIdLength).ToArray());
        bad.SpanId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, spanIdLength).ToArray());

        AssertOneRefused(bad, reason);
    }

    [Fact]
    public void Ids_of_zeros_are_no_ids()
    {
        var noTrace = TestTraces.Span(1, 1);
        noTrace.TraceId = ByteString.CopyFrom(new byte[16]);
        var noSpan = TestTraces.Span(1, 1);
        noSpan.SpanId = ByteString.CopyFrom(new byte[8]);

        AssertOneRefused(noTrace, "trace_id");
        AssertOneRefused(noSpan, "span_id");
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData((ulong)UnixMicros.MaxSupported * 1000, ((ulong)UnixMicros.MaxSupported * 1000) + 999, true)]
    [InlineData(((ulong)UnixMicros.MaxSupported + 1) * 1000, 0, false)]
    [InlineData(1, ((ulong)UnixMicros.MaxSupported + 1) * 1000, false)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, false)]
    public void Times_that_no_column_holds_refuse_their_span_alone(ulong start, ulong end, bool isAccepted)
    {
        var span = TestTraces.Span(1, 1);
        span.StartTimeUnixNano = start;
        span.EndTimeUnixNano = end;
        if (isAccepted)
        {
            Assert.Single(OtlpProtobufAdmission.Admit(TestTraces.Of(span).ToByteArray()).Spans);
            return;
        }

        AssertOneRefused(span, "2299");
    }

    [Fact]
    public void More_attributes_than_a_row_takes_refuse_their_span_alone()
    {
        var most = TestTraces.Span(1, 1);
        most.Attributes.Clear();
        most.Attributes.Add(Enumerable.Range(0, IngestionLimits.MaxSpanAttributes).Select(index => new KeyValue { Key = $"k{index}" }));
        var more = most.Clone();
        more.Attributes.Add(new KeyValue { Key = "one too many" });

        Assert.Single(OtlpProtobufAdmission.Admit(TestTraces.Of(most).ToByteArray()).Spans);
        AssertOneRefused(more, "10000 attributes");
    }

    [Fact]
    public void A_span_above_the_logs_limit_is_refused_with_the_limit() =>
        AssertOneRefused(TestTraces.Span(1, 1, RoutingLimits.MaxEventBytes), RoutingLimits.MaxEventBytes.ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_resource_above_its_limit_refuses_its_spans()
    {
        var data = TestTraces.Of(TestTraces.Span(1, 1));
        data.ResourceSpans[0].Resource.Attributes[0].Value.StringValue = new string('x', RoutingLimits.MaxSharedBytes);
        data.ResourceSpans.Add(TestTraces.Of(TestTraces.Span(2, 2)).ResourceSpans);

        var admitted = OtlpProtobufAdmission.Admit(data.ToByteArray());

        Assert.Equal((1, 1), (admitted.Spans.Count, admitted.RejectedSpans));
        Assert.Contains($"its resource and scope are larger than {RoutingLimits.MaxSharedBytes} bytes", admitted.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Resource_and_scope_count_together()
    {
        var data = TestTraces.Of(TestTraces.Span(1, 1));
        data.ResourceSpans[0].Resource.Attributes[0].Value.StringValue = new string('x', RoutingLimits.MaxSharedBytes / 2);
        data.ResourceSpans[0].ScopeSpans[0].Scope.Name = new string('x', RoutingLimits.MaxSharedBytes / 2);

        Assert.Equal(1, OtlpProtobufAdmission.Admit(data.ToByteArray()).RejectedSpans);
    }

    [Fact]
    public void A_request_that_repeats_its_resource_too_often_is_taken_up_to_the_limit()
    {
        const int Shared = 100_000;
        var data = TestTraces.Of([.. Enumerable.Range(1, 17_000).Select(number => TestTraces.Span(1, number))]);
        data.ResourceSpans[0].Resource.Attributes[0].Value.StringValue = new string('x', Shared);

        var admitted = OtlpProtobufAdmission.Admit(data.ToByteArray());

        Assert.Equal(17_000, admitted.Spans.Count + admitted.RejectedSpans);
        Assert.InRange(admitted.Spans.Count * (long)Shared, RoutingLimits.MaxRequestExpandedBytes - (3 * Shared), RoutingLimits.MaxRequestExpandedBytes);
        Assert.Contains($"exceed {RoutingLimits.MaxRequestExpandedBytes} bytes", admitted.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x12, 0x00 })]
    [InlineData(new byte[] { 0x12, 0x02, 0x12, 0x00 })]
    public void Scopes_without_an_accepted_span_cost_no_memory(byte[] scope)
    {
        var message = Resource([.. Enumerable.Repeat(scope, 1_000_000).SelectMany(bytes => bytes)]);
        OtlpProtobufAdmission.Admit(message);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var admitted = OtlpProtobufAdmission.Admit(message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.Equal((false, 0, 0, 0), (admitted.IsDamaged, admitted.Resources.Count, admitted.Scopes.Count, admitted.Spans.Count));
    }

    [Fact]
    public void Resources_without_a_span_cost_no_memory()
    {
        byte[] message = [.. Enumerable.Repeat((byte[])[0x0A, 0x00], 1_000_000).SelectMany(bytes => bytes)];
        OtlpProtobufAdmission.Admit(message);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var admitted = OtlpProtobufAdmission.Admit(message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.Empty(admitted.Resources);
    }

    [Fact]
    public void Spans_know_their_scope_and_resource_among_empty_ones()
    {
        var data = new TracesData();
        for (var number = 1; number <= 3; number++)
        {
            data.ResourceSpans.Add(new ResourceSpans { ScopeSpans = { new ScopeSpans() } });
            var resource = TestTraces.Of(TestTraces.Span(number, number)).ResourceSpans[0];
            resource.ScopeSpans.Insert(0, new ScopeSpans { SchemaUrl = "empty" });
            resource.ScopeSpans.Add(TestTraces.Of(TestTraces.Span(number, number + 10)).ResourceSpans[0].ScopeSpans);
            data.ResourceSpans.Add(resource);
        }

        var admitted = OtlpProtobufAdmission.Admit(data.ToByteArray());

        Assert.Equal([0, 1, 2, 3, 4, 5], admitted.Spans.Select(span => span.Scope));
        Assert.Equal([0, 0, 1, 1, 2, 2], admitted.Scopes.Select(scope => scope.Resource));
        Assert.Equal(
            data.ResourceSpans.Where(resource => resource.Resource is not null),
            admitted.Resources.Select(resource => ResourceSpans.Parser.ParseFrom(admitted.Message.Span.Slice(resource.Start, resource.Length))));
    }

    [Fact]
    public void Text_of_a_span_is_not_looked_at()
    {
        var message = TestTraces.Of(TestTraces.Span(1, 1)).ToByteArray();
        message[message.AsSpan().IndexOf("span-1"u8)] = 0xFF;

        Assert.Single(OtlpProtobufAdmission.Admit(message).Spans);
    }

    private static byte[] Resource(byte[] content)
    {
        var bytes = new byte[ProtoWriter.SizeOfMessage(OtlpFields.ResourceSpans, content.Length)];
        var writer = new ProtoWriter(bytes);
        writer.WriteMessageHeader(OtlpFields.ResourceSpans, content.Length);
        writer.WriteRaw(content);
        return bytes;
    }

    private static void AssertOneRefused(Span bad, string reason)
    {
        var admitted = OtlpProtobufAdmission.Admit(TestTraces.Of(TestTraces.Span(1, 7), bad, TestTraces.Span(1, 8)).ToByteArray());

        Assert.Equal((false, 2, 1), (admitted.IsDamaged, admitted.Spans.Count, admitted.RejectedSpans));
        Assert.Contains(reason, admitted.ErrorMessage, StringComparison.Ordinal);
    }
}
