using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Writes answers: status, content type, length and bytes in one go.</summary>
/// <remarks>Thread-safe. Texts that clients compare or log are those of upstream.</remarks>
internal sealed class Answers(GatewayOptions options, Random random)
{
    internal const string Json = "application/json; charset=utf-8";
    internal const string Protobuf = "application/x-protobuf";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly byte[] Unavailable = """{"message":"Service Unavailable"}"""u8.ToArray();

    /// <summary>Starts a JSON writer with the escaping of all answers.</summary>
    internal static Utf8JsonWriter WriterTo(PooledBuffer buffer) => new(buffer, WriterOptions);

    /// <summary>Writes a whole answer.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentLength = body.Length;
        if (body.Length == 0)
        {
            response.ContentType = contentType;
            return Task.CompletedTask;
        }

        response.ContentType = contentType;
        return response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>Writes a flat JSON object of texts.</summary>
    internal static async Task WriteTextsAsync(HttpContext context, int status, params (string Name, string Text)[] texts)
    {
        using var buffer = new PooledBuffer(256);
        var writer = WriterTo(buffer);
        await using (writer)
        {
            writer.WriteStartObject();
            foreach (var (name, text) in texts)
            {
                writer.WriteString(name, text);
            }

            writer.WriteEndObject();
        }

        await WriteAsync(context, status, Json, buffer.Written);
    }

    /// <summary>Tells the client to come back: between one and two times the configured pause, so that a crowd spreads out.</summary>
    internal Task WriteUnavailableAsync(HttpContext context)
    {
        var least = (int)Math.Ceiling(options.RetryAfter.TotalSeconds);
        int seconds;
        lock (random)
        {
            seconds = least + random.Next(least + 1);
        }

        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, StatusCodes.Status503ServiceUnavailable, Json, Unavailable);
    }
}
