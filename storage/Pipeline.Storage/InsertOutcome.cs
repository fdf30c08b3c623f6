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

    /// <summary>Refused whatever is sent, until somebody changes the schema, the grants or a setting.</summary>
    Refused,

    /// <summary>Refused because of what some rows hold; others may be good.</summary>
    Poisoned,
}
