using Pipeline.Storage.ClickHouse.Native;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>One column of an insert: its name, its type as sent, and how a block of rows is written.</summary>
/// <param name="Name">Column name.</param>
/// <param name="Type">Type in the block's header; the engine casts it to the column's own where they differ in name only.</param>
/// <param name="Write">Writes the values of all rows.</param>
internal sealed record Column<TRow>(string Name, string Type, ColumnWrite<TRow> Write)
{
    /// <summary>What kind of value a row has there, without the value itself.</summary>
    /// <value>The type.</value>
    internal Func<TRow, string> ValueClass { get; init; } = _ => Type;

    /// <summary>How the rows of one entity become one value.</summary>
    internal ColumnMerge Merge { get; init; }

    /// <summary>What the views show of the merged column, as SQL; all merged columns have the given prefix before their names.</summary>
    internal Func<string, string> Shown { get; init; } = prefix => prefix + Name;
}
