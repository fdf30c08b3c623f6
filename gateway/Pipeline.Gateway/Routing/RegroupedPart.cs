namespace Pipeline.Gateway.Routing;

/// <summary>One resource or scope of a record under construction.</summary>
/// <param name="Source">Its position in the admission's list.</param>
/// <param name="First">Position of its first scope, or span, in the record.</param>
internal record struct RegroupedPart(int Source, int First)
{
    /// <summary>Bytes of its message in the record, as far as known.</summary>
    internal int Size { get; set; }
}
