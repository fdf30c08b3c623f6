using Pipeline.Schemas;

namespace Pipeline.Gateway.Endpoints;

/// <summary>What is fixed about a request the moment it arrives; read from the clock once.</summary>
/// <param name="RequestId">Answered as <c>x-request-id</c>, logged, and carried by every record.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="Timestamp">The same on the monotonic clock, for durations.</param>
internal readonly record struct RequestStamp(string RequestId, DateTimeOffset ReceivedAt, long Timestamp)
{
    /// <summary>How long the look-up of its key took; the log gets that much less, so that both together keep the promise of an answer.</summary>
    internal TimeSpan KeyLookup { get; private init; }

    internal long ReceivedAtMicros => UnixMicros.From(ReceivedAt);

    /// <summary>The same request, once its key is known.</summary>
    internal RequestStamp Authenticated(TimeProvider clock) => this with { KeyLookup = clock.GetElapsedTime(Timestamp) };

    internal static RequestStamp Now(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return new RequestStamp(Guid.CreateVersion7(now).ToString("N"), now, clock.GetTimestamp());
    }
}
