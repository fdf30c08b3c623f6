using Pipeline.Storage;

namespace Pipeline.Consumers.Rescuing;

/// <summary>A row that the store did not take, and what it said.</summary>
/// <param name="Row">The row.</param>
/// <param name="Result">Its answer to the row alone, or to the whole table.</param>
internal readonly record struct RefusedRow<TRow>(TRow Row, InsertResult Result);
