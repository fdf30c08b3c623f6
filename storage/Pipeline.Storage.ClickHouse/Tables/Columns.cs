using Pipeline.Schemas;
using Pipeline.Storage.ClickHouse.Native;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>Columns of plain values, and of the sets that merge by union.</summary>
internal static class Columns
{
    internal const string TimeType = "DateTime64(6, 'UTC')";

    internal static Column<TRow> Text<TRow>(string name, Func<TRow, Utf8Text> value) => new(name, "String", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteText(value(row).Span);
        }
    })
    {
        ValueClass = row => $"text of {value(row).Length} bytes",
    };

    /// <summary>A part of the identity.</summary>
    internal static Column<TRow> Key<TRow>(string name, Func<TRow, Utf8Text> value) => Text(name, value) with { Merge = ColumnMerge.Identity };

    internal static Column<TRow> String<TRow>(string name, Func<TRow, string> value) => new(name, "String", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteText(value(row));
        }
    });

    /// <summary>The UTC day of a time in microseconds.</summary>
    internal static Column<TRow> Day<TRow>(string name, Func<TRow, long> micros) => new(name, "Date", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteUInt16((ushort)Math.Clamp(micros(row) / (UnixMicros.PerSecond * 86_400), 0, ushort.MaxValue));
        }
    });

    internal static Column<TRow> Time<TRow>(string name, Func<TRow, long> micros) => new(name, TimeType, (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteInt64(micros(row));
        }
    });

    /// <summary>A time of which the earliest stays.</summary>
    internal static Column<TRow> Earliest<TRow>(string name, Func<TRow, long> micros) => Time(name, micros) with { Merge = ColumnMerge.Min };

    /// <summary>The start of the minute of a time in microseconds.</summary>
    internal static Column<TRow> Minute<TRow>(string name, Func<TRow, long> micros) => new(name, "DateTime('UTC')", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteUInt32((uint)(UnixMicros.FloorToMinute(micros(row)) / UnixMicros.PerSecond));
        }
    });

    internal static Column<TRow> UInt32<TRow>(string name, Func<TRow, long> value) => new(name, "UInt32", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteUInt32((uint)value(row));
        }
    });

    internal static Column<TRow> Int32<TRow>(string name, Func<TRow, int> value) => new(name, "Int32", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteUInt32((uint)value(row));
        }
    });

    internal static Column<TRow> UInt64<TRow>(string name, Func<TRow, long> value) => new(name, "UInt64", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteInt64(value(row));
        }
    });

    internal static Column<TRow> UInt8<TRow>(string name, Func<TRow, byte> value) => new(name, "UInt8", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteByte(value(row));
        }
    });

    internal static Column<TRow> Uuid<TRow>(string name, Func<TRow, Guid> value) => new(name, "UUID", (writer, rows) =>
    {
        foreach (var row in rows)
        {
            writer.WriteGuid(value(row));
        }
    });

    internal static Column<TRow> Hashes<TRow>(string name, Func<TRow, ulong[]> value) => new(name, "Array(UInt64)", (writer, rows) =>
    {
        WriteOffsets(writer, rows, row => value(row).Length);
        foreach (var row in rows)
        {
            foreach (var hash in value(row))
            {
                writer.WriteUInt64(hash);
            }
        }
    });

    internal static Column<TRow> Tags<TRow>(string name, Func<TRow, HashSet<Utf8Text>> value) => new(name, "Array(String)", (writer, rows) =>
    {
        WriteOffsets(writer, rows, row => value(row).Count);
        foreach (var row in rows)
        {
            foreach (var tag in value(row))
            {
                writer.WriteText(tag.Span);
            }
        }
    })
    {
        Merge = ColumnMerge.Union,
        Shown = prefix => $"arraySort({prefix}{name})",
    };

    internal static Column<TRow> Metadata<TRow>(string name, Func<TRow, MetadataEntries> value) =>
        new(name, "Array(Tuple(String, UInt64, String))", (writer, rows) =>
        {
            WriteOffsets(writer, rows, row => value(row).Count);
            foreach (var row in rows)
            {
                foreach (var entry in value(row).Span)
                {
                    writer.WriteText(entry.Key.Span);
                }
            }

            foreach (var row in rows)
            {
                foreach (var entry in value(row).Span)
                {
                    writer.WriteUInt64(entry.Version);
                }
            }

            foreach (var row in rows)
            {
                foreach (var entry in value(row).Span)
                {
                    writer.WriteText(entry.Value.Span);
                }
            }
        })
        {
            ValueClass = row => $"map of {value(row).Count} entries",
            Merge = ColumnMerge.Union,
            Shown = prefix => NewestOf($"arrayReverseSort({prefix}{name})"),
        };

    /// <summary>An array column starts with the running totals of its lengths.</summary>
    internal static void WriteOffsets<TRow>(NativeWriter writer, ReadOnlySpan<TRow> rows, Func<TRow, int> length)
    {
        ulong total = 0;
        foreach (var row in rows)
        {
            total += (ulong)length(row);
            writer.WriteUInt64(total);
        }
    }

    // The first entry of each key in descending order of (key, version, value), as the views take it; the version is not shown.
    private static string NewestOf(string entries) =>
        $"arrayMap(e -> (tupleElement(e, 1), tupleElement(e, 3)), arrayFilter((e, nth) -> nth = 1, {entries}, arrayEnumerateUniq(arrayMap(e -> tupleElement(e, 1), {entries}))))";
}
