namespace Pipeline.Gateway.Endpoints;

/// <summary>Which content types are read as what.</summary>
internal static class ContentTypeRule
{
    /// <summary>JSON in UTF-8: any type that contains <c>application/json</c>, as upstream tests it, unless it declares another charset.</summary>
    internal static bool IsJson(string? contentType) =>
        contentType is not null && contentType.Contains("application/json", StringComparison.OrdinalIgnoreCase) && !DeclaresOtherCharset(contentType);

    /// <summary>Protobuf: any type that contains <c>application/x-protobuf</c>.</summary>
    internal static bool IsProtobuf(string? contentType) =>
        contentType is not null && contentType.Contains("application/x-protobuf", StringComparison.OrdinalIgnoreCase);

    private static bool DeclaresOtherCharset(string contentType)
    {
        var index = contentType.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (index < 0)
        {
            return false;
        }

        var charset = contentType.AsSpan(index + "charset=".Length).Trim();
        charset = charset[..(charset.IndexOf(';') is var end && end >= 0 ? end : charset.Length)].Trim().Trim('"');
        return !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
    }
}
