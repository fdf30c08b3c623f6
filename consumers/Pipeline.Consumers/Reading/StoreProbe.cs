namespace Pipeline.Consumers.Reading;

/// <summary>Asks whether what a consumer stores into answers.</summary>
/// <param name="IsReachableAsync">Asks.</param>
internal sealed record StoreProbe(Func<CancellationToken, ValueTask<bool>> IsReachableAsync);
