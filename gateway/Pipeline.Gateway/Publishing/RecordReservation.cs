using Pipeline.Gateway.Routing;

namespace Pipeline.Gateway.Publishing;

/// <summary>Charges the records of a request to the budget while the log is waited for.</summary>
internal readonly struct RecordReservation : IDisposable
{
    private readonly InFlightBudget _budget;
    private readonly long _bytes;

    internal RecordReservation(InFlightBudget budget, List<RoutedRecord> records)
    {
        long bytes = 0;
        foreach (var record in records)
        {
            bytes += record.Value.Length;
        }

        _budget = budget;
        IsGranted = budget.TryReserve(bytes);
        _bytes = IsGranted ? bytes : 0;
    }

    /// <summary>Whether the records fit.</summary>
    internal bool IsGranted { get; }

    public void Dispose() => _budget.Release(_bytes);
}
