using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Gateway.Tests.Routing;
using Pipeline.Testing.Otlp;

namespace Pipeline.Gateway.Tests.Admission;

/// <summary>Any bytes give a value or a typed refusal, never an exception; a failure prints the seed that repeats it.</summary>
public sealed class AdmissionPropertyTests
{
    private static readonly string[] Types =
        ["trace-create", "score-create", "span-create", "generation-create", "generation-update", "observation-create", "event-create", "sdk-log", "x"];

    private static readonly string[] Fields =
    [
        "id", "traceId", "name", "startTime", "timestamp", "input", "metadata", "tags", "usage", "usageDetails", "costDetails", "level", "public", "value",
        "dataType", "type", "modelParameters", "promptName", "promptVersion", "sessionId", "configId", "\\ud83d", "\\u0069d", "",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e400", "12345678901234567890123", "\"\"", "\"\\ud83d\"", "\"\\u0000\"", "\"a\"", "\"2026-11-21T10:00:00Z\"", "[]", "{}",
        "[1,[2,{\"a\":null}]]", "[\"a\"]", "{\"input\":1,\"output\":2.5}", "{\"unit\":\"\\udc00\"}", "{\"\\ud83d\":1}", "\"SPAN\"", "\"BOOLEAN\"", "{\"a\":", "]", "\"\\", "NaN",
        "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,\"prompt_tokens_details\":{\"x\":[{}]}}",
    ];

    [Fact]
    public void Random_bytes_never_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3_000),
        Prop.ForAll<byte[]>(AdmitEverywhere));

    [Fact]
    public void Damaged_requests_never_throw()
    {
        var otlp = TestTraces.Of(TestTraces.Span(1, 1, 20), TestTraces.Span(2, 2, 20)).ToByteArray();
        byte[][] bodies =
        [
            otlp,
            Requests.Batch(Requests.Event("e", """{"id":"s","traceId":"t","usageDetails":{"input":1},"modelParameters":{"a":["b"]},"input":"\ud83d\ude00"}""", "generation-create")),
            """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01000000000000000000000000000000","spanId":"0102030405060708","name":"a\u00e4"}]}]}]}"""u8.ToArray(),
            """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":{"type":"Buffer","data":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,-1]},"spanId":"AQIDBAUGBwg=","attributes":[{"key":"k","value":{"intValue":{"high":1,"low":[2]}}}]}]}]}]}"""u8.ToArray(),
        ];

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5_000),
            Prop.ForAll(Arb.From(Gen.Zip(Gen.Elements(bodies), Gen.ListOf(Gen.Zip(Gen.Choose(0, 5_000), Gen.Choose(0, 255))))), given =>
            {
                var damaged = given.Item1.ToArray();
                foreach (var (position, value) in given.Item2)
                {
                    damaged[position % damaged.Length] = (byte)value;
                }

                AdmitEverywhere(damaged);
            }));
    }

    [Fact]
    public void Every_event_is_admitted_refused_or_a_log() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3_000),
        Prop.ForAll(Arb.From(Batches()), events =>
        {
            var result = Admit.Body(Requests.Batch([.. events]));

            if (result.Rejection is null)
            {
                Assert.Equal(events.Count, result.Events.Count + result.Errors.Count + result.SdkLogs);
                Assert.Equal(result.Events.Count, IngestionRouting.Route(result.Events, Stamps.One, 4).Sum(record => record.EventCount));
                Assert.All(result.Errors, error => Assert.NotEmpty(error.Error));
            }
            else
            {
                Assert.Equal(400, result.Rejection.Status);
            }
        }));

    private static void AdmitEverywhere(byte[] body)
    {
        IngestionRouting.Route(Admit.Body(body).Events, Stamps.One, 4);
        OtlpRouting.Route(OtlpProtobufAdmission.Admit(body), Stamps.One, 4);
        using var json = OtlpJsonAdmission.Admit(Admit.Repaired(body));
        OtlpRouting.Route(json, Stamps.One, 4);
    }

    private static Gen<List<string>> Batches() =>
        from events in Gen.ListOf(
            from type in Gen.Elements(Types)
            from fields in Gen.ListOf(Gen.Zip(Gen.Elements(Fields), Gen.Elements(Values)))
            from isBodyFirst in Gen.Elements(true, false)
            let body = $"\"body\":{{{string.Join(',', fields.Select(field => $"\"{field.Item1}\":{field.Item2}"))}}}"
            let rest = $"\"id\":\"e\",\"type\":\"{type}\",\"timestamp\":\"2026-11-21T10:00:00Z\""
            select isBodyFirst ? $"{{{body},{rest}}}" : $"{{{rest},{body}}}")
        select events.ToList();
}
