using Pipeline.Schemas;
using Pipeline.Storage.ClickHouse.Native;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>Columns of registers: <c>Tuple(version, value)</c>, written as the column of versions followed by the column of values.</summary>
/// <remarks>Where a view shows something else for a missing value, the column names it as <c>unset</c>, an SQL literal.</remarks>
internal static class RegisterColumns
{
    internal static Column<TRow> Text<TRow>(string name, Func<TRow, Register<Utf8Text>> register, string unset = "NULL") =>
        Nullable(name, "String", register, (writer, value) => writer.WriteText(value.Span), value => $"text of {value.Length} bytes", unset);

    internal static Column<TRow> Time<TRow>(string name, Func<TRow, Register<long>> register) =>
        Nullable(name, Columns.TimeType, register, (writer, value) => writer.WriteInt64(value), value => $"time in {UnixMicros.ToDateTimeOffset(value).Year}");

    internal static Column<TRow> Double<TRow>(string name, Func<TRow, Register<double>> register) =>
        Nullable(name, "Float64", register, (writer, value) => writer.WriteDouble(value), value => double.IsFinite(value) ? double.IsNegative(value) ? "negative number" : "number" : "number that is not finite");

    internal static Column<TRow> Bool<TRow>(string name, Func<TRow, Register<bool>> register, string unset = "NULL") =>
        Nullable(name, "Bool", register, (writer, value) => writer.WriteByte(value ? (byte)1 : (byte)0), _ => "bool", unset);

    internal static Column<TRow> Prompt<TRow>(string name, Func<TRow, Register<PromptLink>> register) =>
        new(name, "Tuple(UInt64, Tuple(String, UInt32))", (writer, rows) =>
        {
            WriteVersions(writer, rows, register);
            foreach (var row in rows)
            {
                writer.WriteText(register(row).Value.Name.Span);
            }

            foreach (var row in rows)
            {
                writer.WriteUInt32(register(row).Value.Version);
            }
        })
        {
            Merge = ColumnMerge.Max,

            // A prompt with an empty name and version 0 is not the same as none.
            Shown = prefix => $"(tupleElement({prefix}{name}, 1) = 0, {ValueOf(prefix, name)})",
        };

    internal static Column<TRow> Usage<TRow>(string name, Func<TRow, Register<UsageMap>> register) =>
        new(name, "Tuple(UInt64, Array(Tuple(String, UInt64)))", (writer, rows) =>
        {
            WriteVersions(writer, rows, register);
            Columns.WriteOffsets(writer, rows, row => register(row).Value.Entries.Length);
            foreach (var row in rows)
            {
                foreach (var entry in register(row).Value.Entries)
                {
                    writer.WriteText(entry.Key.Span);
                }
            }

            foreach (var row in rows)
            {
                foreach (var entry in register(row).Value.Entries)
                {
                    writer.WriteUInt64(entry.Value);
                }
            }
        })
        {
            Merge = ColumnMerge.Max,
            Shown = prefix => ValueOf(prefix, name),
        };

    internal static Column<TRow> Cost<TRow>(string name, Func<TRow, Register<CostMap>> register) =>
        new(name, "Tuple(UInt64, Array(Tuple(String, Decimal(18, 12))))", (writer, rows) =>
        {
            WriteVersions(writer, rows, register);
            Columns.WriteOffsets(writer, rows, row => register(row).Value.Entries.Length);
            foreach (var row in rows)
            {
                foreach (var entry in register(row).Value.Entries)
                {
                    writer.WriteText(entry.Key.Span);
                }
            }

            foreach (var row in rows)
            {
                foreach (var entry in register(row).Value.Entries)
                {
                    writer.WriteInt64(entry.Value);
                }
            }
        })
        {
            Merge = ColumnMerge.Max,
            Shown = prefix => ValueOf(prefix, name),
        };

    private static Column<TRow> Nullable<TRow, TValue>(
        string name,
        string valueType,
        Func<TRow, Register<TValue>> register,
        Action<NativeWriter, TValue> write,
        Func<TValue, string> valueClass,
        string unset = "NULL")
        where TValue : struct, IComparable<TValue>, IEquatable<TValue> =>
        new(name, $"Tuple(UInt64, Nullable({valueType}))", (writer, rows) =>
        {
            WriteVersions(writer, rows, register);
            foreach (var row in rows)
            {
                writer.WriteByte(register(row).HasValue ? (byte)0 : (byte)1);
            }

            foreach (var row in rows)
            {
                write(writer, register(row).Value);
            }
        })
        {
            ValueClass = row => register(row).HasValue ? valueClass(register(row).Value) : "null",
            Merge = ColumnMerge.Max,
            Shown = prefix => $"coalesce({ValueOf(prefix, name)}, {unset})",
        };

    private static string ValueOf(string prefix, string name) => $"tupleElement({prefix}{name}, 2)";

    private static void WriteVersions<TRow, TValue>(NativeWriter writer, ReadOnlySpan<TRow> rows, Func<TRow, Register<TValue>> register)
        where TValue : struct, IComparable<TValue>, IEquatable<TValue>
    {
        foreach (var row in rows)
        {
            writer.WriteUInt64(register(row).Version);
        }
    }
}
