namespace Pipeline.Storage;

/// <summary>What a store said about the only row of a refused insert. Holds no content of the row.</summary>
/// <param name="Column">Column it complains of; empty when it names none.</param>
/// <param name="ValueClass">What kind of value stands there, for example <c>text of 12 bytes</c>; empty without a column.</param>
public readonly record struct RowBlame(string Column, string ValueClass)
{
    /// <summary>Nothing is known.</summary>
    public static readonly RowBlame None = new("", "");
}
