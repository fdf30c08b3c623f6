namespace Pipeline.Consumers.Converting;

/// <summary>What the receipt of one record needs.</summary>
/// <param name="Stored">Events or spans whose states were given to the sink.</param>
/// <param name="Failed">Events or spans that were rejected; together with <paramref name="Stored"/> never fewer than the gateway
/// accepted.</param>
/// <param name="EventHashes">xxHash64 of the REST event ids, in order of arrival.</param>
/// <param name="EntityHashes">xxHash64 of the observation and score ids, without repeats.</param>
/// <param name="TraceHashes">xxHash64 of the trace ids, without repeats.</param>
internal readonly record struct ConversionResult(int Stored, int Failed, ulong[] EventHashes, ulong[] EntityHashes, ulong[] TraceHashes);
