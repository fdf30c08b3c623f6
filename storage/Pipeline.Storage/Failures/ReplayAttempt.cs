namespace Pipeline.Storage.Failures;

/// <summary>Who replayed a failed batch, why, and what became of it; kept beside the batch.</summary>
public sealed record ReplayAttempt
{
    /// <summary>Place among the batch's replays, from 1; given when it is written.</summary>
    public int Number { get; init; }

    /// <summary>Replay job.</summary>
    public required string JobId { get; init; }

    /// <summary>Who ran it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why, in the actor's words.</summary>
    public required string Reason { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Events that were sent again.</summary>
    public required int Attempted { get; init; }

    /// <summary>Of these, what the store did not have before.</summary>
    public required int Stored { get; init; }

    /// <summary>Of these, what the store had already.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Of these, what failed again.</summary>
    public required int Failed { get; init; }

    /// <summary>What ended it early; empty when nothing did.</summary>
    public string Error { get; init; } = "";

    /// <summary>Whether nothing of the batch is missing any more.</summary>
    /// <param name="events">Events of the batch; none when all it holds is accounts of gateways.</param>
    public bool IsWholeFor(int events) => Failed == 0 && Error.Length == 0 && Attempted == Stored + Unchanged && (Attempted > 0 || events == 0);
}
