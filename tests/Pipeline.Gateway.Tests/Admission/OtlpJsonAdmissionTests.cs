using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Pipeline.Gateway.Admission;
using Pipeline.Testing.Otlp;

namespace Pipeline.Gateway.Tests.Admission;

public sealed class OtlpJsonAdmissionTests
{
    private const string Ids = "\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\"";

    [Fact]
    public void Every_field_arrives_under_both_spellings()
    {
        const string Camel =
            """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"\u00e4\ud83d\ude00"}}],"droppedAttributesCount":1},
            "scopeSpans":[{"scope":{"name":"s","version":"1","attributes":[],"droppedAttributesCount":2},
            "spans":[{"traceId":"0102030405060708090A0B0C0D0E0F10","spanId":"0102030405060708","traceState":"k=v","parentSpanId":"1112131415161718","name":"n",
            "kind":"SPAN_KIND_CLIENT","startTimeUnixNano":"1795168800123456789","endTimeUnixNano":1795168801123456789,
            "attributes":[{"key":"b","value":{"boolValue":true}},{"key":"i","value":{"intValue":"-5"}},{"key":"j","value":{"intValue":9007199254740993}},
            {"key":"d","value":{"doubleValue":1.5}},{"key":"nan","value":{"doubleValue":"NaN"}},{"key":"y","value":{"bytesValue":"AQI="}},
            {"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":1}]}}},
            {"key":"k","value":{"kvlistValue":{"values":[{"key":"z","value":{"boolValue":false}}]}}}],
            "droppedAttributesCount":3,"events":[{"timeUnixNano":"4","name":"e","attributes":[{"key":"q","value":{}}],"droppedAttributesCount":5}],"droppedEventsCount":6,
            "links":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","traceState":"t","attributes":[],"droppedAttributesCount":7,"flags":8}],
            "droppedLinksCount":9,"status":{"message":"m","code":2},"flags":257}],"schemaUrl":"u"}],"schemaUrl":"v"}]}
            """;
        var expected = Expected();

        Assert.Equal(expected, Parse(Camel));
        Assert.Equal(expected, Parse(SnakeCase(Camel)));
    }

    [Fact]
    public void Protobufs_own_json_reader_reads_the_same()
    {
        var data = TestTraces.Of(TestTraces.Span(1, 1, 300), TestTraces.Span(2, 2));

        // Ids are base64 in Protobuf's JSON and hex in OTLP's.
        var json = JsonFormatter.Default.Format(data);
        foreach (var span in data.ResourceSpans[0].ScopeSpans[0].Spans)
        {
            json = json.Replace(span.TraceId.ToBase64(), Convert.ToHexString(span.TraceId.Span), StringComparison.Ordinal)
                .Replace(span.SpanId.ToBase64(), Convert.ToHexString(span.SpanId.Span), StringComparison.Ordinal);
        }

        Assert.Equal(data, Parse(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"resourceSpans\":{}}")]
    [InlineData("{\"resourceSpans\":[null]}")]
    [InlineData("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[7]}]}]}")]
    [InlineData("{\"resourceSpans\":[]")]
    [InlineData("{\"resourceSpans\":[]} x")]
    [InlineData("{\"resourceSpans\":[NaN]}")]
    public void Other_json_is_refused(string json) => Assert.True(OtlpJsonAdmission.Admit(Encoding.UTF8.GetBytes(json)).IsDamaged);

    [Theory]
    [InlineData("\"name\":{}")]
    [InlineData("\"status\":7")]
    [InlineData("\"kind\":{}")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":{\"bytesValue\":\"%\"}}]")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":{\"boolValue\":\"yes\"}}]")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":{\"doubleValue\":\"much\"}}]")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":{\"arrayValue\":{\"values\":[null]}}}]")]
    public void A_value_that_its_field_cannot_hold_is_refused(string field) => Assert.True(Admitted(field).IsDamaged);

    [Theory]
    [InlineData("\"startTimeUnixNano\":\"soon\"")]
    [InlineData("\"startTimeUnixNano\":1e300")]
    [InlineData("\"startTimeUnixNano\":-1")]
    [InlineData("\"endTimeUnixNano\":\"10413792000000000000\"")]
    public void A_time_that_no_column_holds_refuses_its_span_alone(string field)
    {
        using var admitted = OtlpJsonAdmission.Admit(Encoding.UTF8.GetBytes(Whole(field).Replace("]}]}]}", $$$""",{{{{Ids}}}}]}]}]}""", StringComparison.Ordinal)));

        Assert.Equal((false, 1, 1), (admitted.IsDamaged, admitted.Spans.Count, admitted.RejectedSpans));
        Assert.Contains("time", admitted.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"startTimeUnixNano\":1.5e18", "{ \"startTimeUnixNano\": \"1500000000000000000\" }")]
    [InlineData("\"name\":7.50", "{ \"name\": \"7.50\" }")]
    [InlineData("\"name\":true", "{ \"name\": \"true\" }")]
    [InlineData("\"name\":null", "{ }")]
    [InlineData("\"name\":\"\\ud83d\"", "{ \"name\": \"\uFFFD\" }")]
    [InlineData("\"unheard\":{\"of\":[1,{}]},\"\\ud83d\":1", "{ }")]
    [InlineData("\"kind\":\"SPAN_KIND_SERVER\"", "{ \"kind\": \"SPAN_KIND_SERVER\" }")]
    [InlineData("\"kind\":\"SPAN_KIND_NEW\"", "{ }")]
    [InlineData("\"status\":{\"code\":\"STATUS_CODE_ERROR\"}", "{ \"status\": { \"code\": \"STATUS_CODE_ERROR\" } }")]
    [InlineData("\"parentSpanId\":\"\"", "{ }")]
    public void Odd_values_keep_their_meaning(string field, string expected)
    {
        var span = Parse(Whole(field)).ResourceSpans[0].ScopeSpans[0].Spans[0];
        span.TraceId = ByteString.Empty;
        span.SpanId = ByteString.Empty;

        Assert.Equal(expected, span.ToString());
    }

    [Theory]
    [InlineData("AQI=", "0102")]
    [InlineData("AQI", "0102")]
    [InlineData("+_8=", "fbff")]
    [InlineData("", "")]
    public void Bytes_come_in_both_alphabets(string text, string hex)
    {
        var data = Parse(Whole($$$"""
            "attributes":[{"key":"k","value":{"bytesValue":"{{{text}}}"}}]
            """));

        Assert.Equal(hex, Convert.ToHexStringLower(data.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0].Value.BytesValue.Span));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"AQIDBAUGBwg=\"")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4P\"")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4PEBE=\"")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4P!!==\"")]
    [InlineData("\"0102030405060708090a0b\"")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,256]")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1.5]")]
    [InlineData("[[1],{\"a\":[2]}]")]
    [InlineData("{}")]
    [InlineData("{\"data\":7}")]
    [InlineData("\"0102\"")]
    [InlineData("\"0102030405060708090a0b0c0d0e0f1\"")]
    [InlineData("\"0102030405060708090a0b0c0d0e0f1011\"")]
    [InlineData("\"0102030405060708090a0b0c0d0e0fxx\"")]
    [InlineData("\"00000000000000000000000000000000\"")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{\"type\":\"Buffer\",\"data\":[1]}")]
    public void What_is_no_id_refuses_its_span_alone(string traceId)
    {
        var json = $$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":{{traceId}},"spanId":"0102030405060708"},{{{Ids}}}]}]}]}""";

        using var admitted = OtlpJsonAdmission.Admit(Encoding.UTF8.GetBytes(json));

        Assert.Equal((false, 1, 1), (admitted.IsDamaged, admitted.Spans.Count, admitted.RejectedSpans));
        Assert.Contains("trace_id", admitted.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"0102030405060708090a0b0c0d0e0fFB\"", "\"01020304050607fb\"")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4P+w==\"", "\"AQIDBAUGB/s=\"")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4P-w\"", "\"AQIDBAUGB_s\"")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,251]", "[1,2,3,4,5,6,7,-5]")]
    [InlineData("{\"type\":\"Buffer\",\"data\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,251]}", "{\"data\":[1,2,3,4,5,6,7,251],\"more\":{\"a\":[]}}")]
    public void Ids_come_in_every_form_of_the_contract(string traceId, string spanId)
    {
        var data = Parse($$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":{{traceId}},"parentSpanId":{{spanId}},"spanId":{{spanId}},"name":"n"}]}]}]}""");

        var span = data.ResourceSpans[0].ScopeSpans[0].Spans[0];
        Assert.Equal("0102030405060708090a0b0c0d0e0ffb", Convert.ToHexStringLower(span.TraceId.Span));
        Assert.Equal(["01020304050607fb", "01020304050607fb"], [Convert.ToHexStringLower(span.SpanId.Span), Convert.ToHexStringLower(span.ParentSpanId.Span)]);
        Assert.Equal("n", span.Name);
    }

    [Theory]
    [InlineData("5", "{ \"intValue\": \"5\" }")]
    [InlineData("\"-5\"", "{ \"intValue\": \"-5\" }")]
    [InlineData("1e3", "{ \"intValue\": \"1000\" }")]
    [InlineData("{\"high\":0,\"low\":7,\"unsigned\":false}", "{ \"intValue\": \"7\" }")]
    [InlineData("{\"low\":-2,\"high\":-1}", "{ \"intValue\": \"-2\" }")]
    [InlineData("{\"low\":4294967295,\"high\":1}", "{ \"intValue\": \"8589934591\" }")]
    [InlineData("\"many\"", "{ \"stringValue\": \"many\" }")]
    [InlineData("\"\"", "{ \"stringValue\": \"\" }")]
    [InlineData("1.5", "{ \"stringValue\": \"1.5\" }")]
    [InlineData("1e400", "{ \"stringValue\": \"1e400\" }")]
    [InlineData("12345678901234567890", "{ \"stringValue\": \"12345678901234567890\" }")]
    [InlineData("true", "{ \"stringValue\": \"true\" }")]
    [InlineData("[1,[2]]", "{ \"stringValue\": \"[1,[2]]\" }")]
    [InlineData("{\"high\":1}", "{ \"stringValue\": \"{\\\"high\\\":1}\" }")]
    [InlineData("{\"high\":1,\"low\":1e30}", "{ \"stringValue\": \"{\\\"high\\\":1,\\\"low\\\":1e30}\" }")]
    public void Integers_come_in_every_form_and_what_is_none_is_kept_as_text(string value, string expected)
    {
        var data = Parse(Whole($$$"""
            "attributes":[{"key":"k","value":{"intValue":{{{value}}}}}]
            """));

        Assert.Equal(expected, data.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0].Value.ToString());
    }

    [Fact]
    public void A_time_may_be_two_halves()
    {
        var span = Parse(Whole("\"startTimeUnixNano\":{\"high\":417973000,\"low\":-1,\"unsigned\":true}")).ResourceSpans[0].ScopeSpans[0].Spans[0];

        Assert.Equal((417_973_000UL << 32) | uint.MaxValue, span.StartTimeUnixNano);
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(200, true)]
    [InlineData(100_000, true)]
    public void Values_nest_within_bounds(int depth, bool isDamaged)
    {
        var value = string.Concat(Enumerable.Repeat("{\"arrayValue\":{\"values\":[", depth)) + string.Concat(Enumerable.Repeat("]}}", depth));

        Assert.Equal(isDamaged, Admitted("\"attributes\":[{\"key\":\"k\",\"value\":" + value + "}]").IsDamaged);
    }

    [Fact]
    public void Bytes_that_are_no_text_arrive_replaced()
    {
        var json = Encoding.UTF8.GetBytes(Whole("\"name\":\"a#\""));
        json[json.AsSpan().IndexOf((byte)'#')] = 0xFF;

        using var admitted = OtlpJsonAdmission.Admit(Admit.Repaired(json));

        Assert.Equal("a\uFFFD", TracesData.Parser.ParseFrom(admitted.Message.Span).ResourceSpans[0].ScopeSpans[0].Spans[0].Name);
    }

    [Fact]
    public void A_byte_order_mark_is_no_content()
    {
        using var admitted = OtlpJsonAdmission.Admit((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Whole("\"name\":\"n\""))]);

        Assert.Single(admitted.Spans);
    }

    private static string Whole(string field) => $$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{{{Ids}},{{field}}}]}]}]}""";

    private static OtlpAdmissionResult Admitted(string field) => OtlpJsonAdmission.Admit(Encoding.UTF8.GetBytes(Whole(field)));

    private static TracesData Parse(string json)
    {
        using var admitted = OtlpJsonAdmission.Admit(Encoding.UTF8.GetBytes(json));
        Assert.False(admitted.IsDamaged);
        return TracesData.Parser.ParseFrom(admitted.Message.Span);
    }

    private static string SnakeCase(string json) => Regex.Replace(
        json,
        "\"(?<name>[a-z]+[A-Z][A-Za-z]*)\":",
        match => "\"" + string.Concat(match.Groups["name"].Value.Select(letter => char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}")) + "\":",
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(5));

    private static TracesData Expected()
    {
        var traceId = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        var spanId = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8);
        var span = new Span
        {
            TraceId = traceId,
            SpanId = spanId,
            TraceState = "k=v",
            ParentSpanId = ByteString.CopyFrom(17, 18, 19, 20, 21, 22, 23, 24),
            Name = "n",
            Kind = Pipeline.Testing.Otlp.Span.Types.SpanKind.Client,
            StartTimeUnixNano = 1795168800123456789,
            EndTimeUnixNano = 1795168801123456789,
            DroppedAttributesCount = 3,
            DroppedEventsCount = 6,
            DroppedLinksCount = 9,
            Status = new Status { Message = "m", Code = Status.Types.StatusCode.Error },
            Flags = 257,
        };
        var list = new ArrayValue { Values = { new AnyValue { StringValue = "x" }, new AnyValue { IntValue = 1 } } };
        var pairs = new KeyValueList { Values = { Pair("z", new AnyValue { BoolValue = false }) } };
        span.Attributes.Add(
        [
            Pair("b", new AnyValue { BoolValue = true }), Pair("i", new AnyValue { IntValue = -5 }), Pair("j", new AnyValue { IntValue = 9007199254740993 }),
            Pair("d", new AnyValue { DoubleValue = 1.5 }), Pair("nan", new AnyValue { DoubleValue = double.NaN }),
            Pair("y", new AnyValue { BytesValue = ByteString.CopyFrom(1, 2) }), Pair("l", new AnyValue { ArrayValue = list }),
            Pair("k", new AnyValue { KvlistValue = pairs }),
        ]);
        span.Events.Add(new Span.Types.Event { TimeUnixNano = 4, Name = "e", DroppedAttributesCount = 5, Attributes = { Pair("q", new AnyValue()) } });
        span.Links.Add(new Span.Types.Link { TraceId = traceId, SpanId = spanId, TraceState = "t", DroppedAttributesCount = 7, Flags = 8 });
        var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "s", Version = "1", DroppedAttributesCount = 2 }, SchemaUrl = "u", Spans = { span } };
        var resource = new Resource { DroppedAttributesCount = 1, Attributes = { Pair("a", new AnyValue { StringValue = "\u00e4\U0001F600" }) } };
        return new TracesData { ResourceSpans = { new ResourceSpans { Resource = resource, SchemaUrl = "v", ScopeSpans = { scope } } } };
    }

    private static KeyValue Pair(string key, AnyValue value) => new() { Key = key, Value = value };
}
