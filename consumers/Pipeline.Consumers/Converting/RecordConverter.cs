using Pipeline.Buffer;
using Pipeline.Consumers.Converting.Otlp;
using Pipeline.Consumers.Converting.Rest;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Converting;

/// <summary>Converts decoded records into entity states.</summary>
/// <remarks>
/// Pure but for its scratch memory: the same record gives the same states. Not thread-safe; every reading loop has one of its own.
/// States hold slices of the payload, so the payload must stay untouched as long as they live.
/// </remarks>
internal sealed class RecordConverter
{
    private readonly ConversionContext _context = new();
    private readonly RestConverter _rest;
    private readonly OtlpConverter _otlp;

    internal RecordConverter()
    {
        _rest = new RestConverter(_context);
        _otlp = new OtlpConverter(_context);
    }

    /// <summary>Position of the event or span whose state the sink is given; -1 for what the whole record says of a trace.</summary>
    internal int Position => _context.Position;

    /// <summary>Converts one record into the sink.</summary>
    /// <remarks>
    /// Never throws on bad content: an event that cannot become a state is rejected with its reason, position and bytes, and the others
    /// are converted all the same. Events lost in a damaged payload count as failed, and the payload is rejected whole at position -1.
    /// Records of other kinds than events and spans give an empty result.
    /// </remarks>
    public ConversionResult Convert(BufferRecord record, BufferedRecord source, IStateSink sink)
    {
        _context.Begin(record, source, sink);
        var counts = record.PayloadKind switch
        {
            PayloadKind.LangfuseEvents => _rest.Convert(),
            PayloadKind.OtlpSpans => _otlp.Convert(),
            _ => default,
        };

        _context.Position = -1;
        _context.Traces.Drain(sink);
        var missing = Math.Max(0, record.EventCount - counts.Stored - counts.Failed);
        if (missing > 0 && !counts.IsDamaged
            && record.PayloadKind is PayloadKind.LangfuseEvents or PayloadKind.OtlpSpans)
        {
            var detail = $"{missing} of {record.EventCount} events are not in the payload";
            _context.Reject(-1, RejectReasons.DamagedPayload, detail);
        }

        return _context.Hashes.ToResult(counts.Stored, counts.Failed + missing);
    }
}
