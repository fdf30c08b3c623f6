using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>What ClickHouse's error codes mean for an insert.</summary>
internal static class StoreErrorRule
{
    internal static InsertOutcome OutcomeOf(int code) => ErrorTable.ClassOfClickHouse(code) switch
    {
        ErrorClass.Overload => InsertOutcome.Overloaded,
        ErrorClass.Permanent => InsertOutcome.Refused,
        ErrorClass.Poison => InsertOutcome.Poisoned,
        _ => InsertOutcome.Unavailable,
    };
}
