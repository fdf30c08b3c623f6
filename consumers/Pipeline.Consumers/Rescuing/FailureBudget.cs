using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Rescuing;

/// <summary>How much may be put aside before that means that something is wrong with us or the store, and not with the records. One member's.</summary>
/// <remarks>
/// Without it a store that refuses everything, or a reader that understands nothing, would drain the topic into the failure store. Records of a replay are
/// there already, so their lane has no limit.
/// </remarks>
internal sealed class FailureBudget(WriterMember member)
{
    // A ratio of a handful says nothing: so many events may always be put aside.
    private const int AlwaysAllowed = 100;
    private const int WindowEvents = 1_000;

    private int _refusedInARow;
    private bool _hasStored;
    private bool _isRefused;
    private int _windowEvents;
    private int _windowPoisoned;

    /// <summary>Why a batch that the store refuses must wait instead of being put aside; null when it may be.</summary>
    internal string? WhyNoRefusedBatch() =>
        member.Lane == RecordLane.Replay ? null
        : !_hasStored ? "the store has taken no batch since the start"
        : _refusedInARow >= member.Options.MaxRefusedBatches ? $"the store refused {_refusedInARow} batches in a row (Writer:MaxRefusedBatches)"
        : null;

    /// <summary>Why so many events must wait instead of being put aside; null when they may be.</summary>
    /// <param name="poisoned">Events of the batch that would be.</param>
    /// <param name="events">Events of the batch.</param>
    internal string? WhyNoPoison(int poisoned, int events)
    {
        var allPoisoned = _windowPoisoned + poisoned;
        var all = Math.Max(allPoisoned, _windowEvents + events);
        return member.Lane == RecordLane.Live && allPoisoned > AlwaysAllowed && allPoisoned > member.Options.MaxPoisonRatio * all
            ? $"{allPoisoned} of the last {all} events could not be stored for what they hold (Writer:MaxPoisonRatio)"
            : null;
    }

    /// <summary>A batch was put aside because the store refuses a table.</summary>
    internal void BatchRefused() => _isRefused = true;

    /// <summary>Events were put aside for what they hold.</summary>
    internal void Poisoned(int events) => _windowPoisoned += events;

    /// <summary>A batch is done with.</summary>
    internal void WorkedOff(int events)
    {
        _refusedInARow = _isRefused ? _refusedInARow + 1 : 0;
        _hasStored |= !_isRefused;
        _isRefused = false;
        _windowEvents += events;
        if (_windowEvents > WindowEvents)
        {
            // The older half counts no more; exact enough, and two numbers instead of a queue.
            (_windowEvents, _windowPoisoned) = (WindowEvents / 2, (int)((long)_windowPoisoned * (WindowEvents / 2) / _windowEvents));
        }
    }
}
