namespace Pipeline.Storage.Failures;

/// <summary>How often something failed in the same way.</summary>
/// <param name="Reason">Stable word.</param>
/// <param name="Table">Table; empty for the conversion.</param>
/// <param name="Column">Column; empty when none is named.</param>
/// <param name="Code">The store's code; 0 when it was not asked.</param>
/// <param name="Count">Failures.</param>
public sealed record ReasonCount(string Reason, string Table, string Column, int Code, int Count);
