using Pipeline.Storage.ClickHouse.Tables;
using Pipeline.Storage.Comparing;

namespace Pipeline.Storage.ClickHouse.Comparing;

/// <summary>The query that compares what readers see of the stored rows with what they would see once the candidates are merged into them.</summary>
/// <remarks>
/// It merges raw rows itself: without FINAL, the engine may filter and use its indexes before the merge, because all rows of an identity pass
/// the same filter.
/// </remarks>
internal static class ComparisonStatement
{
    private const string Before = "before_";
    private const string After = "after_";

    /// <summary>One row per identity of the candidates: the columns of the identity, then the verdict as a number.</summary>
    internal static string Of<TRow>(Table<TRow> table, string candidates)
    {
        var merged = table.Columns.Where(column => column.Merge is not (ColumnMerge.None or ColumnMerge.Identity)).ToList();
        return $"""
            SELECT {table.IdentityList}, multiIf(stored_rows = 0, {(int)StateVerdict.New}, {string.Join(" AND ", merged.Select(IsShownAlike))}, {(int)StateVerdict.Unchanged}, {(int)StateVerdict.Changed})
            FROM
            (
                SELECT {table.IdentityList}, countIf(is_stored) AS stored_rows, {string.Join(", ", merged.Select(Merged))}
                FROM
                (
                    SELECT {table.ColumnList}, true AS is_stored FROM {table.Name}
                    WHERE ({table.IdentityList}) IN (SELECT {table.IdentityList} FROM {candidates})
                    UNION ALL
                    SELECT {table.ColumnList}, false AS is_stored FROM {candidates}
                )
                GROUP BY {table.IdentityList}
            )
            FORMAT JSONCompactEachRow
            """;
    }

    private static string Merged<TRow>(Column<TRow> column)
    {
        var function = column.Merge switch
        {
            ColumnMerge.Min => "min",
            ColumnMerge.Max => "max",
            ColumnMerge.Union => "groupUniqArrayArray",
            _ => throw new InvalidOperationException($"{column.Name} does not merge"),
        };
        return $"{function}If(`{column.Name}`, is_stored) AS {Before}{column.Name}, {function}(`{column.Name}`) AS {After}{column.Name}";
    }

    // As elements of arrays, nulls are equal to each other; on their own they are equal to nothing.
    private static string IsShownAlike<TRow>(Column<TRow> column) => $"[{column.Shown(Before)}] = [{column.Shown(After)}]";
}
