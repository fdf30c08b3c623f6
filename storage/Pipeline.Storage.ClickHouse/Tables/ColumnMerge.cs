namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>How the rows of one entity become one value of a column; the migrations say the same to the engine.</summary>
internal enum ColumnMerge
{
    /// <summary>Not at all: the column is no part of an entity's state, or follows from another one.</summary>
    None,

    /// <summary>It is a part of the identity.</summary>
    Identity,

    /// <summary>The smallest value.</summary>
    Min,

    /// <summary>The largest register.</summary>
    Max,

    /// <summary>The union of all elements.</summary>
    Union,
}
