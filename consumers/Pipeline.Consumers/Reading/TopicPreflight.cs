using Microsoft.Extensions.Logging;
using Pipeline.Buffer;

namespace Pipeline.Consumers.Reading;

/// <summary>Compares the topic with what was asked for and logs the differences, once.</summary>
/// <remarks>Reading goes on: what is in the log must be stored, whatever its topic looks like. Used by one loop; not thread-safe.</remarks>
internal sealed class TopicPreflight(IEventLog log, TopicSpec? topic, ILogger<TopicPreflight> logger)
{
    private bool _isDone;

    /// <exception cref="EventLogUnavailableException">The backend does not answer.</exception>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_isDone || topic is null || log is not IEventLogAdmin admin)
        {
            return;
        }

        foreach (var finding in await admin.CheckTopicAsync(topic, cancellationToken))
        {
            if (finding.Severity == TopicFindingSeverity.Error)
            {
                Log.TopicNotFit(logger, finding.Message);
            }
            else
            {
                Log.TopicRisk(logger, finding.Message);
            }
        }

        _isDone = true;
    }
}
