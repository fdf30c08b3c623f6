using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Admission;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The 207 of the ingestion endpoint: always 207, with one entry per event.</summary>
internal static class IngestionAnswer
{
    internal static async Task WriteAsync(HttpContext context, IngestionAdmissionResult admitted, PooledBuffer buffer)
    {
        var writer = Answers.WriterTo(buffer);
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("successes"u8);
            foreach (var success in admitted.InAnswerOrder())
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, success.Event.Id.Span);
                writer.WriteNumber("status"u8, StatusCodes.Status201Created);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("errors"u8);
            foreach (var error in admitted.Errors)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, error.Id.Span);
                writer.WriteNumber("status"u8, error.Status);
                writer.WriteString("message"u8, error.Message);
                writer.WriteString("error"u8, error.Error);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        await Answers.WriteAsync(context, StatusCodes.Status207MultiStatus, Answers.Json, buffer.Written);
    }
}
