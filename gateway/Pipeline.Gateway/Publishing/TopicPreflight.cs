using Microsoft.Extensions.Logging;
using Pipeline.Buffer;

namespace Pipeline.Gateway.Publishing;

/// <summary>Compares the topic with what was asked for before the first record is appended.</summary>
/// <remarks>Used by one loop; not thread-safe.</remarks>
internal sealed class TopicPreflight(IEventLog log, TopicSpec? topic, ILogger<TopicPreflight> logger)
{
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    /// <summary>Why the topic cannot be appended to; null when it can. Warnings are logged, each once.</summary>
    /// <exception cref="EventLogUnavailableException">The backend does not answer.</exception>
    internal async Task<string?> WhyNotAsync(CancellationToken cancellationToken)
    {
        if (topic is null || log is not IEventLogAdmin admin)
        {
            return null;
        }

        var errors = new List<string>();
        foreach (var finding in await admin.CheckTopicAsync(topic, cancellationToken))
        {
            if (finding.Severity == TopicFindingSeverity.Error)
            {
                errors.Add(finding.Message);
            }
            else if (_warned.Add(finding.Message))
            {
                Log.TopicRisk(logger, finding.Message);
            }
        }

        return errors.Count == 0 ? null : string.Join("; ", errors);
    }
}
