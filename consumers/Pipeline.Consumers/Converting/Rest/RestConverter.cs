using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Converts the REST events of one record, one by one.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RestConverter
{
    private readonly ConversionContext _context;
    private readonly BodyFields _body;
    private readonly List<LangfuseEvent> _events = [];

    internal RestConverter(ConversionContext context)
    {
        _context = context;
        _body = new BodyFields(context.Arena);
    }

    internal ConversionCounts Convert()
    {
        var stored = 0;
        _events.Clear();
        var isDamaged = !LangfuseEventsCodec.TryRead(_context.Payload, _events);
        if (isDamaged)
        {
            var detail = $"the events break off behind position {_events.Count - 1}";
            _context.Reject(-1, RejectReasons.DamagedPayload, detail);
        }

        for (var position = 0; position < _events.Count; position++)
        {
            var envelope = _events[position];
            _context.Position = position;
            _context.Hashes.AddEvent(envelope.Id);
            stored += TryConvert(envelope, position) ? 1 : 0;
        }

        return new ConversionCounts(stored, _events.Count - stored, isDamaged);
    }

    private bool TryConvert(in LangfuseEvent envelope, int position)
    {
        if (!RestEventType.TryFind(envelope.Type.Span, out var type))
        {
            _context.Reject(position, RejectReasons.UnknownEventType, "type is not one of the ingestion contract");
            return false;
        }

        if (!_body.TryRead(envelope.Body))
        {
            _context.Reject(position, RejectReasons.MalformedBody, "body is not a JSON object");
            return false;
        }

        try
        {
            Convert(new RestEvent(envelope, type, _body, _context.ReceivedAtMicros));
            return true;
        }
        catch (InvalidFieldException invalid)
        {
            _context.Reject(position, RejectReasons.InvalidField, invalid.Message);
            return false;
        }
    }

    private void Convert(in RestEvent source)
    {
        switch (source.Type.Kind)
        {
            case RestEventKind.Trace:
                TraceBody.Convert(_context, source);
                break;
            case RestEventKind.Score:
                ScoreBody.Convert(_context, source);
                break;
            case RestEventKind.Observation:
                ObservationBody.Convert(_context, source, source.Type.ObservationType);
                break;
            case RestEventKind.LegacyObservation:
                ObservationBody.Convert(_context, source, LegacyTypeOf(source));
                break;
            default:
                break;
        }
    }

    private static Utf8Text LegacyTypeOf(in RestEvent source) =>
        source.Body.TryText(BodyField.Type, out var name) && ObservationTypes.TryFind(name.Span, out var type)
            ? type
            : throw new InvalidFieldException(BodyField.Type);
}
