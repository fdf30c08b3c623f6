namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>What to do about each of ClickHouse's error codes; the one table of it.</summary>
/// <remarks>
/// Codes not listed are treated as unavailable: sending again is always harmless here, and giving up is not. Refused is only what the same
/// bytes will meet again for certain.
/// </remarks>
internal static class StoreErrorRule
{
    internal static InsertOutcome OutcomeOf(int code) => code switch
    {
        // Memory limit, too many simultaneous queries, too many parts, timeout exceeded, quota: smaller or fewer inserts help.
        241 or 202 or 252 or 159 or 201 => InsertOutcome.Overloaded,

        // Cannot parse, no such column, type mismatch, unknown table or database, syntax, access, unknown setting, bad arguments: the same
        // bytes meet the same answer until somebody changes the schema, the grants or the sender.
        6 or 16 or 27 or 33 or 36 or 38 or 41 or 43 or 44 or 47 or 50 or 53 or 60 or 62 or 69 or 70 or 72 or 81 or 115 or 117 or 164 or 349 or 497 or 516
            => InsertOutcome.Refused,

        // Network and socket (209, 210), read-only replica (242), disk full (243), too few replicas (285), unknown insert status (319),
        // Keeper (999), and everything else.
        _ => InsertOutcome.Unavailable,
    };
}
