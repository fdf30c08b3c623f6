namespace Pipeline.Buffer;

/// <summary>What became of a commit.</summary>
public enum CommitOutcome
{
    /// <summary>All offsets are committed.</summary>
    Committed,

    /// <summary>At least one partition belongs to another member now; its records will be read again there, which the merge makes harmless.</summary>
    Fenced,

    /// <summary>The backend did not confirm; commit again, later offsets replace these.</summary>
    Unavailable,
}
