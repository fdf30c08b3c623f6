namespace Pipeline.Storage;

/// <summary>What became of an insert.</summary>
public enum InsertOutcome
{
    /// <summary>Every row is confirmed.</summary>
    Inserted,

    /// <summary>The store is away or did not answer; the rows may be stored. Send the same batch again after a pause.</summary>
    Unavailable,

    /// <summary>The store asks for fewer or smaller inserts; slow down, then send again.</summary>
    Overloaded,

    /// <summary>The store refuses whatever is sent to the table, until somebody changes its schema, the grants or a setting.</summary>
    Refused,

    /// <summary>The store refuses what some rows hold; the others may be good.</summary>
    Poisoned,

    /// <summary>The store ran out of memory over the batch; smaller pieces of it may pass.</summary>
    TooLarge,
}
