using Pipeline.Cli.Composition;

namespace Pipeline.Cli.Local;

/// <summary>Remembers which buffer a data folder was used with.</summary>
/// <remarks>
/// Another buffer starts at offset 0 under the same topic name, while ClickHouse has the receipts of the first: the ledger would take new
/// records for stored ones.
/// </remarks>
internal sealed class UsedTier(LocalFolders folders)
{
    /// <summary>Refuses a folder that was used with another tier.</summary>
    /// <exception cref="CliException">It was; the message says what to do.</exception>
    internal void Check(Tier tier)
    {
        if (File.Exists(folders.Tier) && File.ReadAllText(folders.Tier).Trim() is { Length: > 0 } used && used != NameOf(tier))
        {
            throw new CliException($"{folders.Root} was used with tier '{used}', and its ledger cannot follow another log; choose another folder with DATA=… (or --data), or use tier '{used}'")
            {
                ExitCode = ExitCode.Usage,
            };
        }
    }

    /// <summary>The folder's log is in use from now on.</summary>
    internal void Record(Tier tier) => File.WriteAllText(folders.Tier, NameOf(tier) + "\n");

    private static string NameOf(Tier tier) => tier == Tier.Kafka ? "kafka" : "embedded";
}
