namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>How often each fault happened: a run in which none did proves nothing.</summary>
internal sealed record FaultCounts
{
    internal int Crashes { get; set; }

    internal int FailedInserts { get; set; }

    internal int FailedPuts { get; set; }

    internal int PutAside { get; set; }

    internal int Zombies { get; set; }

    internal int Outages { get; set; }

    internal int UnconfirmedCommits { get; set; }

    internal int Redelivered { get; set; }

    internal IReadOnlyList<int> All => [Crashes, FailedInserts, FailedPuts, PutAside, Zombies, Outages, UnconfirmedCommits, Redelivered];

    public override string ToString() =>
        $"crashes {Crashes}, failed inserts {FailedInserts}, failed puts {FailedPuts}, records put aside {PutAside}, zombies {Zombies}, log outages {Outages}, "
        + $"unconfirmed commits {UnconfirmedCommits}, records read again {Redelivered}";
}
