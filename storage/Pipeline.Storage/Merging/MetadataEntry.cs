using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>One key of a metadata object with its own version: metadata merges key by key.</summary>
/// <param name="Key">The key, flat data whatever it contains.</param>
/// <param name="Version">Version as composed by <see cref="FieldVersion"/>.</param>
/// <param name="Value">A string as it is, anything else as JSON text.</param>
public readonly record struct MetadataEntry(Utf8Text Key, ulong Version, Utf8Text Value);
