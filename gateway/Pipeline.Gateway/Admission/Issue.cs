using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Gateway.Admission;

/// <summary>The text of a per-event error: a JSON list of issues, each with code, path and message, as the upstream validator writes them.</summary>
internal static class Issue
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string At(string code, string message, params ReadOnlySpan<string> path)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteStartArray("path");
            foreach (var step in path)
            {
                writer.WriteStringValue(step);
            }

            writer.WriteEndArray();
            writer.WriteString("message", message);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
