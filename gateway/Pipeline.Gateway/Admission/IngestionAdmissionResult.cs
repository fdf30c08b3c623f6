namespace Pipeline.Gateway.Admission;

/// <summary>What a REST body came to.</summary>
internal sealed class IngestionAdmissionResult
{
    /// <summary>Set when the whole request is refused; everything else is then empty.</summary>
    internal Rejection? Rejection { get; init; }

    /// <summary>Accepted events in the order of the body.</summary>
    internal List<AdmittedEvent> Events { get; } = [];

    /// <summary>Refused events in the order of the body.</summary>
    internal List<EventError> Errors { get; } = [];

    /// <summary>SDK log events: taken, counted, neither stored nor answered (contract 1.4).</summary>
    internal int SdkLogs { get; private set; }

    /// <summary>Body of the first of them.</summary>
    internal ReadOnlyMemory<byte> FirstSdkLog { get; private set; }

    internal static IngestionAdmissionResult Refused(int status, string reason) => new() { Rejection = new Rejection(status, reason) };

    internal void AddSdkLog(ReadOnlyMemory<byte> body)
    {
        FirstSdkLog = SdkLogs == 0 ? body : FirstSdkLog;
        SdkLogs++;
    }

    /// <summary>Accepted events in the order of the answer: creates by time, then updates by time (contract 1.9); equal times keep their order.</summary>
    internal IEnumerable<AdmittedEvent> InAnswerOrder() => IsInAnswerOrder()
        ? Events
        : Events.OrderBy(admitted => admitted.IsUpdate).ThenBy(admitted => admitted.Event.TimestampMicros);

    // Clients queue events as they happen, so most batches need no sorting.
    private bool IsInAnswerOrder()
    {
        for (var i = 1; i < Events.Count; i++)
        {
            var (before, after) = (Events[i - 1], Events[i]);
            if (before.IsUpdate != after.IsUpdate ? before.IsUpdate : before.Event.TimestampMicros > after.Event.TimestampMicros)
            {
                return false;
            }
        }

        return true;
    }
}
