using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>Checks the body of <c>POST /api/public/ingestion</c> in one walk and splits it into accepted and refused events.</summary>
/// <remarks>Pure and thread-safe. Accepted events are slices of the body; nothing is serialised again. It never throws on any input.</remarks>
internal static class IngestionAdmission
{
    private const int BadRequest = 400;

    /// <summary>Admits the events of a body.</summary>
    /// <param name="received">The body, decompressed, in valid UTF-8 unless it is UTF-16 or UTF-32; it must stay untouched while the result is used.</param>
    /// <param name="projectId">Project of the key.</param>
    /// <param name="isPublicKeyAlone">Whether the sender showed no secret and may send scores only.</param>
    internal static IngestionAdmissionResult Admit(ReadOnlyMemory<byte> received, string projectId, bool isPublicKeyAlone)
    {
        var body = BodyEncoding.WithoutByteOrderMark(received);
        if (BodyEncoding.IsWide(body.Span))
        {
            return IngestionAdmissionResult.Refused(BadRequest, "the body is not UTF-8: it looks like UTF-16 or UTF-32");
        }

        var walk = new JsonWalk(body, new TextArena());
        try
        {
            var result = new IngestionAdmissionResult();
            var refusal = WalkRequest(ref walk, result, projectId, isPublicKeyAlone);
            return refusal is null ? result : IngestionAdmissionResult.Refused(refusal.Status, refusal.Reason);
        }
        catch (JsonException)
        {
            return IngestionAdmissionResult.Refused(BadRequest, JsonFault.Describe(body.Span, (int)walk.Reader.BytesConsumed));
        }
    }

    private static Rejection? WalkRequest(ref JsonWalk walk, IngestionAdmissionResult result, string projectId, bool isPublicKeyAlone)
    {
        if (!walk.Reader.Read() || walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            return new Rejection(BadRequest, "the body must be an object with a field 'batch'");
        }

        var hasBatch = false;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var isBatch = walk.Name().SequenceEqual("batch"u8);
            walk.Reader.Read();
            if (!isBatch)
            {
                if (!walk.SkipValue(IngestionLimits.MaxEnvelopeDepth))
                {
                    return new Rejection(BadRequest, $"a field beside 'batch' nests deeper than {IngestionLimits.MaxEnvelopeDepth} levels");
                }

                continue;
            }

            if (hasBatch)
            {
                return new Rejection(BadRequest, "field 'batch' is there twice");
            }

            hasBatch = true;
            if (walk.Reader.TokenType != JsonTokenType.StartArray)
            {
                return new Rejection(BadRequest, "field 'batch' must be an array");
            }

            var count = 0;
            while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndArray)
            {
                if (++count > IngestionLimits.MaxEvents)
                {
                    return new Rejection(413, $"field 'batch' holds more than {IngestionLimits.MaxEvents} events");
                }

                WalkEvent(ref walk, result, projectId, isPublicKeyAlone);
            }
        }

        // Reading on finds what stands behind the object.
        walk.Reader.Read();
        return hasBatch ? null : new Rejection(BadRequest, "field 'batch' is missing");
    }

    private static void WalkEvent(ref JsonWalk walk, IngestionAdmissionResult result, string projectId, bool isPublicKeyAlone)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
            result.Errors.Add(EventError.Invalid(default, Issue.At("invalid_type", "Expected object")));
            return;
        }

        var envelope = EventWalk.Walk(ref walk);
        if (envelope.Error is not null)
        {
            result.Errors.Add(EventError.Invalid(envelope.Id, envelope.Error));
        }
        else if (isPublicKeyAlone && !envelope.Type.IsOpenToPublicKey)
        {
            result.Errors.Add(EventError.OutOfScope(envelope.Id));
        }
        else if (envelope.Type.Kind == BodyKind.SdkLog)
        {
            result.AddSdkLog(envelope.Body);
        }
        else
        {
            var admitted = new LangfuseEvent(envelope.Id, envelope.TypeName, envelope.TimestampMicros, envelope.Body);
            result.Events.Add(new AdmittedEvent(admitted, TraceKeyOf(envelope, projectId), envelope.Type.IsUpdate));
        }
    }

    private static Utf8Text TraceKeyOf(in EventEnvelope envelope, string projectId)
    {
        var facts = envelope.Facts;
        return envelope.Type.Kind switch
        {
            BodyKind.Trace when !facts.Id.IsEmpty => facts.Id,
            BodyKind.Trace => Derived(projectId, envelope),
            _ when !facts.TraceId.IsEmpty => facts.TraceId,
            BodyKind.Score => facts.SessionId.IsEmpty ? facts.DatasetRunId : facts.SessionId,
            _ => Utf8Text.From(DerivedIds.ForTraceOf(projectId, (facts.Id.IsEmpty ? Derived(projectId, envelope) : facts.Id).ToString())),
        };
    }

    private static Utf8Text Derived(string projectId, in EventEnvelope envelope) =>
        Utf8Text.From(DerivedIds.ForEvent(projectId, envelope.Id.ToString()));
}
