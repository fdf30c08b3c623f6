using Microsoft.AspNetCore.Http;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Reads the informational headers of Langfuse clients, which spell them with hyphens or underscores, and the trace context.</summary>
internal static class ClientHeaders
{
    internal const string RequestId = "x-request-id";

    private const string Unknown = "unknown";
    private const int MaxLength = 100;
    private const int TraceParentLength = 55;

    /// <summary>Name of the client library; <c>unknown</c> when it says none.</summary>
    internal static string SdkName(IHeaderDictionary headers) => Read(headers, "x-langfuse-sdk-name", "x_langfuse_sdk_name") ?? Unknown;

    /// <summary>Version of the client library; <c>unknown</c> when it says none.</summary>
    internal static string SdkVersion(IHeaderDictionary headers) => Read(headers, "x-langfuse-sdk-version", "x_langfuse_sdk_version") ?? Unknown;

    /// <summary>Version of the OTLP processing that the client asks for; null when it asks for none.</summary>
    internal static string? IngestionVersion(IHeaderDictionary headers) => Read(headers, "x-langfuse-ingestion-version", "x_langfuse_ingestion_version");

    /// <summary>The W3C trace context of the request; null when there is none or it has not the form of one.</summary>
    internal static string? TraceParent(IHeaderDictionary headers)
    {
        var value = headers.TraceParent;
        return value.Count == 1 && value[0] is { Length: TraceParentLength } text && text[2] == '-' && text[35] == '-' && text[52] == '-' ? text : null;
    }

    // Free text from outside goes into records and counters of the control plane: cut, and without control characters.
    private static string? Read(IHeaderDictionary headers, string hyphened, string underscored)
    {
        if (!headers.TryGetValue(hyphened, out var values) && !headers.TryGetValue(underscored, out values))
        {
            return null;
        }

        var text = values.Count > 0 ? values[0]?.Trim() : null;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        text = text.Length > MaxLength ? text[..MaxLength] : text;
        return text.AsSpan().ContainsAnyInRange('\0', '\u001F') ? null : text;
    }
}
