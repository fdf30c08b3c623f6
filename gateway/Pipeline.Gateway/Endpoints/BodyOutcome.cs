namespace Pipeline.Gateway.Endpoints;

/// <summary>What reading a request's body came to.</summary>
internal enum BodyOutcome
{
    /// <summary>The whole body is in memory, decompressed.</summary>
    Read,

    /// <summary>It exceeds the cap, before or after decompression, or its ratio is that of a bomb.</summary>
    TooLarge,

    /// <summary>The bytes in flight are at their bound: the client comes back later.</summary>
    Busy,

    /// <summary>The client sent too slowly.</summary>
    TimedOut,

    /// <summary>The content coding is none that we take.</summary>
    UnsupportedCoding,

    /// <summary>It is not exactly one whole gzip member.</summary>
    CorruptGzip,

    /// <summary>The transfer itself is broken: both lengths given, a bad chunk, or an end before the declared length.</summary>
    Malformed,
}
