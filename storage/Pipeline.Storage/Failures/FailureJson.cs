using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Schemas;

namespace Pipeline.Storage.Failures;

/// <summary>How what stands beside failed batches is written as JSON: names and words in snake case, times in UTC to the microsecond.</summary>
internal static class FailureJson
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false), new TimeConverter() },
        RespectNullableAnnotations = true,
    };

    /// <summary>A time as text; null for one that no column could hold, as a damaged record may have.</summary>
    internal static DateTimeOffset? TimeOf(long micros) => micros is > 0 and <= UnixMicros.MaxSupported ? UnixMicros.ToDateTimeOffset(micros) : null;

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DateTimeOffset.TryParseExact(reader.GetString(), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : throw new JsonException("not a time in UTC to the microsecond");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture));
    }
}
