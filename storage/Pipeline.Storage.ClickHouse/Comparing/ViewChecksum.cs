namespace Pipeline.Storage.ClickHouse.Comparing;

/// <summary>All rows of a view in one number: two equal ones mean that readers see the same.</summary>
/// <param name="View">The view.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Sum">The sum of the rows' hashes, in no order, modulo 2^64.</param>
public readonly record struct ViewChecksum(string View, long Rows, ulong Sum);
