namespace Pipeline.Storage.EngineHost;

/// <summary>One statement as the engine runs it.</summary>
/// <param name="Query">The statement.</param>
/// <param name="Format">Output format unless the statement names one.</param>
/// <param name="Settings">Settings and <c>param_</c> values that hold for this statement alone.</param>
internal sealed record EngineStatement(string Query, string Format, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>Database of unqualified names.</summary>
    internal string Database { get; init; } = "default";
}
