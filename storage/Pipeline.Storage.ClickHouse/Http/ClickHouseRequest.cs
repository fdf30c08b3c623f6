namespace Pipeline.Storage.ClickHouse.Http;

/// <summary>One statement to send.</summary>
/// <param name="Statement">The SQL.</param>
/// <param name="Timeout">How long the whole answer may take.</param>
internal sealed record ClickHouseRequest(string Statement, TimeSpan Timeout)
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>Settings and typed parameters, as they stand in the address.</summary>
    internal IReadOnlyDictionary<string, string> Parameters { get; init; } = None;

    /// <summary>Rows of an insert; the statement then travels in the address.</summary>
    internal HttpContent? Rows { get; init; }

    /// <summary>Database instead of the configured one.</summary>
    internal string? Database { get; init; }

    /// <summary>Whether the statement only reads: it is then sent by GET, which a server runs with <c>readonly=2</c>.</summary>
    internal bool IsReadOnly { get; init; }
}
