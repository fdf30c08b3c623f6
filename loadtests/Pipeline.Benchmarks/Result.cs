namespace Pipeline.Benchmarks;

/// <summary>One line of the results.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Unit of value and floor.</param>
/// <param name="Value">Median of the runs.</param>
/// <param name="Floor">The floor taken in the same run; null for a floor itself.</param>
/// <param name="Ratio">Value by floor.</param>
/// <param name="Machine">Where.</param>
/// <param name="Commit">Which source.</param>
internal sealed record Result(string Name, string Unit, double Value, double? Floor, double? Ratio, string Machine, string Commit);
