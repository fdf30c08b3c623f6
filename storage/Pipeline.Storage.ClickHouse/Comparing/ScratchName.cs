namespace Pipeline.Storage.ClickHouse.Comparing;

/// <summary>Names of the tables that hold candidates: <c>replay_compare_&lt;guid&gt;_observations</c>.</summary>
internal static class ScratchName
{
    /// <summary>What names a scratch table and nothing else, as a regular expression that the engine reads.</summary>
    internal const string Pattern = "^replay_compare_[0-9a-f]{32}_[a-z]+$";

    /// <summary>A name no other comparison uses, for candidates of a state table.</summary>
    internal static string For(string stateTable) =>
        $"replay_compare_{Guid.CreateVersion7():N}_{stateTable.Replace("_states", "s", StringComparison.Ordinal)}";
}
