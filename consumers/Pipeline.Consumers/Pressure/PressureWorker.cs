using Microsoft.Extensions.Logging;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage;

namespace Pipeline.Consumers.Pressure;

/// <summary>Looks at the store's pressure from time to time and says every change of the level once.</summary>
internal sealed class PressureWorker(
    IStorePressure pressure,
    WriterOptions options,
    WriterProgress progress,
    TimeProvider clock,
    ExitStatus exitStatus,
    ILogger<PressureWorker> logger) : HostedWorker(exitStatus)
{
    private string? _lastWhyUnknown;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            var seen = await pressure.ReadAsync(stopping);
            if (seen.WhyUnknown is { } why && why != _lastWhyUnknown)
            {
                Log.PressureUnknown(logger, why);
            }

            _lastWhyUnknown = seen.WhyUnknown;
            if (progress.Pressure.Looked(seen))
            {
                Log.PressureChanged(logger, progress.Pressure.Level, seen.MostActiveParts, seen.Parts, seen.Merges, seen.MergeBacklogBytes);
            }

            await Task.Delay(options.PressureInterval, clock, stopping);
        }
    }
}
