using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Consumers.Retention;

/// <summary>Trims a log that does not trim itself, a minute after the other.</summary>
/// <remarks>A log that does not answer is trimmed the next time; what is overdue is said once per run, because somebody has to act.</remarks>
internal sealed class RetentionWorker(
    IEventLogRetention retention,
    ConsumerMetrics metrics,
    TimeProvider clock,
    ExitStatus exitStatus,
    ILogger<RetentionWorker> logger) : HostedWorker(exitStatus)
{
    // Short against any retention, and long enough to cost nothing.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var report = await retention.TrimAsync(stopping);
                metrics.LogTrimmed(report);
                foreach (var overdue in report.Overdue)
                {
                    Log.RecordsOverdue(logger, overdue.Group, overdue.Partition, overdue.FromOffset, overdue.EndOffset, overdue.OldestAppendedAt);
                }
            }
            catch (EventLogUnavailableException unavailable)
            {
                metrics.LogNotTrimmed();
                Log.LogNotTrimmed(logger, unavailable.Message);
            }

            await Task.Delay(Interval, clock, stopping);
        }
    }
}
