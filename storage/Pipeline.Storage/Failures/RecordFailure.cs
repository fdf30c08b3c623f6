using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.Failures;

/// <summary>Why something of a record could not be stored. Holds no content of the event.</summary>
/// <param name="Class">Poison for content, permanent for a store that refuses everything of its kind.</param>
/// <param name="Reason">A stable word: of the conversion (<c>invalid_field</c>), or <c>refused_row</c>, <c>refused_batch</c>.</param>
/// <param name="Detail">What exactly, in words.</param>
public sealed record RecordFailure(ErrorClass Class, string Reason, string Detail)
{
    /// <summary>Position of the event or span in its record; -1 when the failure is not one event's.</summary>
    /// <value>-1.</value>
    public int Position { get; init; } = -1;

    /// <summary>The store's error code; 0 when the store was not asked.</summary>
    public int Code { get; init; }

    /// <summary>Table that refused the row; empty for a failure of the conversion.</summary>
    public string Table { get; init; } = "";

    /// <summary>Identity of the refused row, its parts joined by <c>/</c>; empty for a failure of the conversion.</summary>
    public string Entity { get; init; } = "";

    /// <summary>Column that the store complains of; empty when it names none.</summary>
    public string Column { get; init; } = "";

    /// <summary>What kind of value stands there, for example <c>text, 12 bytes</c>; empty without a column.</summary>
    public string ValueClass { get; init; } = "";

    /// <summary>Rows that the store refused together with this one and that were not told apart.</summary>
    /// <value>1: it is this row for certain.</value>
    public int Together { get; init; } = 1;
}
