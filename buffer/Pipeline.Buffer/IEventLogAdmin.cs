namespace Pipeline.Buffer;

/// <summary>Creates and checks a topic; used by <c>pipeline topics</c> and by the hosts' preflight.</summary>
public interface IEventLogAdmin
{
    /// <summary>Creates the topic if it is missing; an existing one is left as it is.</summary>
    /// <returns>True when it was created.</returns>
    ValueTask<bool> EnsureTopicAsync(TopicSpec spec, CancellationToken cancellationToken);

    /// <summary>Compares the topic with what the pipeline needs.</summary>
    /// <returns>Findings, worst first; empty when all is well.</returns>
    /// <exception cref="EventLogUnavailableException">The backend does not answer.</exception>
    ValueTask<IReadOnlyList<TopicFinding>> CheckTopicAsync(TopicSpec spec, CancellationToken cancellationToken);
}
