namespace Pipeline.Storage.Batches;

/// <summary>An accepted event that cannot become a state, with its reason; the failure store has its bytes.</summary>
/// <param name="RecordId">Its record; null when not even the record could be read.</param>
/// <param name="ProjectId">Its project; empty when unknown.</param>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="Position">Position of the event or span in the record; -1 for the record as a whole.</param>
/// <param name="Reason">A stable word for the class of failure, for example <c>malformed_record</c>.</param>
/// <param name="Detail">What exactly, with the field named; no content of the event.</param>
public sealed record RejectedEvent(
    Guid? RecordId,
    string ProjectId,
    string Topic,
    int Partition,
    long Offset,
    int Position,
    string Reason,
    string Detail);
