using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Start, end and first token, to the microsecond.</summary>
internal static class TimesMapper
{
    private const double MaxMilliseconds = 1e12;

    internal static void Map(OtlpSpan span, ObservationState observation)
    {
        observation.StartTime = Register<long>.Of(span.First(SourceRank.Caller), span.StartMicros);

        // Without times the first receipt counts: a span sent again must not end later.
        observation.EndTime = Register<long>.Of(span.IsTimeless ? span.First(SourceRank.Caller) : span.Caller, span.EndMicros);
        if (TryCompletionStart(span, out var completionStart))
        {
            observation.CompletionStartTime = Register<long>.Of(span.Caller, completionStart);
        }
    }

    private static bool TryCompletionStart(OtlpSpan span, out long micros)
    {
        if (span.Attributes.TryText(span.Context, KnownAttribute.LangfuseObservationCompletionStartTime, out var text))
        {
            // Some SDKs send the time as JSON text, quotes included.
            var time = text.Span;
            time = time.Length > 2 && time[0] == (byte)'"' && time[^1] == (byte)'"' ? time[1..^1] : time;
            if (IsoTime.TryParse(time, out micros))
            {
                return true;
            }
        }

        micros = 0;
        if ((!span.Attributes.Get(KnownAttribute.AiResponseMsToFirstChunk).TryNumber(out var milliseconds)
            && !span.Attributes.Get(KnownAttribute.AiStreamMsToFirstChunk).TryNumber(out milliseconds))
            || milliseconds is < 0 or > MaxMilliseconds)
        {
            return false;
        }

        micros = span.StartMicros + ((long)Math.Ceiling(milliseconds) * 1000);
        return micros <= UnixMicros.MaxSupported;
    }
}
