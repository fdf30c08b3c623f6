namespace Pipeline.Buffer.Reading;

/// <summary>A partition while one member owns it; owning it again later is another instance. Guarded by its <see cref="ReaderQueue"/>.</summary>
public class OwnedPartition
{
    /// <summary>Starts owning.</summary>
    public OwnedPartition(int partition) => Partition = partition;

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>Offset of the first record the caller was given; -1 when it was given none.</summary>
    internal long FirstDelivered { get; private set; } = -1;

    /// <summary>Offset behind the last record the caller was given; -1 when it was given none.</summary>
    internal long DeliveredPosition { get; private set; } = -1;

    /// <summary>Offset the caller committed; -1 when it committed none.</summary>
    internal long CommittedPosition { get; set; } = -1;

    /// <summary>Set while the partition is handed over: nothing more is delivered.</summary>
    internal bool IsReleasing { get; set; }

    /// <summary>Whether an offset lies in what this ownership delivered and is no step back; anything else is of an earlier ownership.</summary>
    internal bool Covers(long nextOffset) =>
        FirstDelivered >= 0 && nextOffset >= FirstDelivered && nextOffset <= DeliveredPosition && nextOffset >= CommittedPosition;

    /// <summary>A record is handed to the caller.</summary>
    internal void Delivered(long offset)
    {
        if (FirstDelivered < 0 || offset < DeliveredPosition)
        {
            // Offsets that begin again under one ownership mean a log made anew: what was committed of the old one says nothing.
            FirstDelivered = offset;
            CommittedPosition = -1;
        }

        DeliveredPosition = offset + 1;
    }

    /// <summary>Whether the caller still holds records it did not commit.</summary>
    internal bool IsInUse => DeliveredPosition > CommittedPosition;
}
