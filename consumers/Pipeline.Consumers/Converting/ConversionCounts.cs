namespace Pipeline.Consumers.Converting;

/// <summary>How far the conversion of a payload came.</summary>
/// <param name="Stored">Events or spans given to the sink.</param>
/// <param name="Failed">Events or spans rejected one by one.</param>
/// <param name="IsDamaged">Whether the payload broke off and was rejected whole.</param>
internal readonly record struct ConversionCounts(int Stored, int Failed, bool IsDamaged);
