using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Level and status message: what the attribute says, else the span's status.</summary>
internal static class LevelMapper
{
    private const int StatusError = 2;

    private static readonly Utf8Text[] Stored = [Levels.Debug, Levels.Default, Levels.Warning, Levels.Error];

    private static readonly Utf8KeyTable Spellings = new(
    [
        ("DEBUG", 0), ("TRACE", 0), ("VERBOSE", 0),
        ("DEFAULT", 1), ("INFO", 1), ("LOG", 1), ("NOTICE", 1), ("OK", 1), ("SUCCESS", 1),
        ("WARNING", 2), ("WARN", 2),
        ("ERROR", 3), ("FATAL", 3), ("CRITICAL", 3),
    ]);

    internal static Register<Utf8Text> MapLevel(OtlpSpan span)
    {
        if (span.Attributes.TryText(span.Context, KnownAttribute.LangfuseObservationLevel, out var text) && TryFind(text, out var level))
        {
            return Register<Utf8Text>.Of(span.Caller, level);
        }

        return span.StatusCode == StatusError
            ? Register<Utf8Text>.Of(span.Caller, Levels.Error)
            : Register<Utf8Text>.Of(span.Shallow, Levels.Default);
    }

    internal static Register<Utf8Text> MapMessage(OtlpSpan span)
    {
        if (!span.Attributes.TryText(span.Context, KnownAttribute.LangfuseObservationStatusMessage, out var message))
        {
            message = span.StatusMessage;
        }

        return message.IsEmpty ? default : Register<Utf8Text>.Of(span.Caller, message);
    }

    private static bool TryFind(in Utf8Text text, out Utf8Text level)
    {
        // The longest spelling has 8 letters.
        Span<byte> upper = stackalloc byte[8];
        level = default;
        if (text.Length > upper.Length)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            upper[i] = text.Span[i] is >= (byte)'a' and <= (byte)'z' ? (byte)(text.Span[i] - 0x20) : text.Span[i];
        }

        var index = Spellings.Find(upper[..text.Length]);
        level = index < 0 ? default : Stored[index];
        return index >= 0;
    }
}
