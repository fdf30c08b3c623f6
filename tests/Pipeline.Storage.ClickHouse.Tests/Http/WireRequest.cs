namespace Pipeline.Storage.ClickHouse.Tests.Http;

/// <summary>A request as it came off the wire.</summary>
internal sealed record WireRequest(string Method, Uri Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The parameters of the address, decoded.</summary>
    internal IReadOnlyDictionary<string, string> Parameters { get; } = Target.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);

    internal int ContentLength => Headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
