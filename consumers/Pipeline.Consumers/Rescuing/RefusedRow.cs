using Pipeline.Storage;

namespace Pipeline.Consumers.Rescuing;

/// <summary>A row that the store did not take, and what it said.</summary>
/// <param name="Row">The row.</param>
/// <param name="Result">Its answer to the row alone, to the rows it was not told apart from, or to the whole table.</param>
/// <param name="Together">Rows that were refused together; 1 when it is this one for certain.</param>
internal readonly record struct RefusedRow<TRow>(TRow Row, InsertResult Result, int Together);
