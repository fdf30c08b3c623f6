using System.Diagnostics.Metrics;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>What one counter of a simulation has counted.</summary>
internal sealed class CounterSum : IDisposable
{
    private readonly MeterListener _listener = new();

    internal CounterSum(IMeterFactory meters, string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Value += value);
        _listener.Start();
    }

    internal long Value { get; private set; }

    public void Dispose() => _listener.Dispose();
}
