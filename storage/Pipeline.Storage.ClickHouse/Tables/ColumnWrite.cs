using Pipeline.Storage.ClickHouse.Native;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>Writes one column of a block.</summary>
internal delegate void ColumnWrite<TRow>(NativeWriter writer, ReadOnlySpan<TRow> rows);
