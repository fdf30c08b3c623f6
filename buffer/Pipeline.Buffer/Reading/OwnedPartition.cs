namespace Pipeline.Buffer.Reading;

/// <summary>A partition while one member owns it; owning it again later is another instance. Guarded by its <see cref="ReaderQueue"/>.</summary>
public class OwnedPartition
{
    /// <summary>Starts owning.</summary>
    public OwnedPartition(int partition) => Partition = partition;

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>Offset behind the last record the caller was given; -1 when it was given none.</summary>
    internal long DeliveredPosition { get; set; } = -1;

    /// <summary>Offset the caller committed; -1 when it committed none.</summary>
    internal long CommittedPosition { get; set; } = -1;

    /// <summary>Set while the partition is handed over: nothing more is delivered.</summary>
    internal bool IsReleasing { get; set; }

    /// <summary>Whether the caller still holds records it did not commit.</summary>
    internal bool IsInUse => DeliveredPosition > CommittedPosition;
}
