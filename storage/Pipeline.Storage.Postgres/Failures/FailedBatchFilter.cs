using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>Which failed batches: all that pass every condition; an empty list is no condition, and of a list one must fit.</summary>
public sealed record FailedBatchFilter
{
    /// <summary>Given up at this time or later.</summary>
    public DateTimeOffset? FailedFrom { get; init; }

    /// <summary>Given up before this time.</summary>
    public DateTimeOffset? FailedTo { get; init; }

    /// <summary>Holds something received at this time or later.</summary>
    public DateTimeOffset? ReceivedFrom { get; init; }

    /// <summary>Holds something received before this time.</summary>
    public DateTimeOffset? ReceivedTo { get; init; }

    /// <summary>Class of the failure.</summary>
    public IReadOnlyList<ErrorClass> Classes { get; init; } = [];

    /// <summary>The store's code, of the batch or of one failure in it.</summary>
    public IReadOnlyList<int> Codes { get; init; } = [];

    /// <summary>Word of a failure in it.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>Table of a failure in it.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Project of a record in it; the empty name is for records that cannot be read.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Topic that its records were read from.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Where it stands.</summary>
    public IReadOnlyList<FailedBatchState> States { get; init; } = [];

    /// <summary>Its id.</summary>
    public IReadOnlyList<Guid> Ids { get; init; } = [];
}
