namespace Pipeline.Storage.ObjectStores;

/// <summary>One object in a listing.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Bytes.</param>
public readonly record struct ObjectEntry(string Key, long Size);
