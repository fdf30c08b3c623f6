namespace Pipeline.Consumers.Batching;

/// <summary>How much a batch holds.</summary>
/// <param name="Records">Records read into it.</param>
/// <param name="Events">Events and spans in them.</param>
/// <param name="States">Entities they folded to.</param>
/// <param name="Rows">Rows it will insert over all tables.</param>
/// <param name="Bytes">Bytes of its records.</param>
/// <param name="MetadataBytes">Bytes of the metadata of what was taken; what spans of one request share counts for each of them, as it is stored.</param>
internal readonly record struct BatchSize(int Records, int Events, int States, int Rows, long Bytes, long MetadataBytes);
