using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>What ClickHouse's error codes mean for an insert.</summary>
internal static class StoreErrorRule
{
    // The one overload that smaller inserts mend; the others want fewer of them.
    private const int MemoryLimitExceeded = 241;

    internal static InsertOutcome OutcomeOf(int code) => ErrorTable.ClassOfClickHouse(code) switch
    {
        ErrorClass.Overload when code == MemoryLimitExceeded => InsertOutcome.TooLarge,
        ErrorClass.Overload => InsertOutcome.Overloaded,
        ErrorClass.Permanent => InsertOutcome.Refused,
        ErrorClass.Poison => InsertOutcome.Poisoned,
        _ => InsertOutcome.Unavailable,
    };
}
