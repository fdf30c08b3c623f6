using System.Diagnostics.Metrics;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>Meters under another name: an exporter of a host in another test listens by name, over the whole process.</summary>
internal sealed class SimulationMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter("simulation", version: null, tags: null, scope: this);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
