namespace Pipeline.Buffer.Reading;

/// <summary>What a reader fetched ahead and the partitions it owns: the part of a group member that every backend shares.</summary>
/// <remarks>
/// Thread-safe: a fetching thread puts in, the caller takes out, and a hand-over in between makes undelivered records of its partitions
/// vanish. Records of a partition that was owned before, lost and owned again are told apart by their <see cref="OwnedPartition"/>.
/// </remarks>
public sealed class ReaderQueue : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0, 1);

    // Guards everything below; held for a few instructions, never across an await.
    private readonly Lock _lock = new();
    private readonly Dictionary<int, OwnedPartition> _owned = [];
    private readonly Queue<(OwnedPartition Owner, BufferedRecord Record)> _records = [];
    private long _bytes;
    private volatile bool _isFaulted;

    /// <summary>Bytes of records fetched and not delivered.</summary>
    public long QueuedBytes => Volatile.Read(ref _bytes);

    /// <summary>Partitions owned and not being handed over.</summary>
    public IReadOnlyCollection<int> Assigned
    {
        get
        {
            lock (_lock)
            {
                return [.. _owned.Values.Where(owned => !owned.IsReleasing).Select(owned => owned.Partition)];
            }
        }
    }

    /// <summary>Everything owned, also what is being handed over.</summary>
    public List<OwnedPartition> Owned()
    {
        lock (_lock)
        {
            return [.. _owned.Values];
        }
    }

    /// <summary>The owned one of a partition, or null.</summary>
    public OwnedPartition? Find(int partition)
    {
        lock (_lock)
        {
            return _owned.GetValueOrDefault(partition);
        }
    }

    /// <summary>Starts owning partitions.</summary>
    public void Own(IEnumerable<OwnedPartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                _owned[partition.Partition] = partition;
            }
        }
    }

    /// <summary>Begins to hand partitions over: their undelivered records vanish, and the caller is asked to finish what it holds.</summary>
    public void BeginRelease(IEnumerable<OwnedPartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                partition.IsReleasing = true;
            }
        }

        Signal();
    }

    /// <summary>Whether the caller holds uncommitted records of any of them.</summary>
    public bool AnyInUse(IEnumerable<OwnedPartition> partitions)
    {
        lock (_lock)
        {
            return partitions.Any(partition => partition.IsInUse);
        }
    }

    /// <summary>Stops owning partitions.</summary>
    public void Drop(IEnumerable<OwnedPartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                partition.IsReleasing = true;
                if (_owned.TryGetValue(partition.Partition, out var owned) && ReferenceEquals(owned, partition))
                {
                    _owned.Remove(partition.Partition);
                }
            }
        }
    }

    /// <summary>The caller's offsets are committed.</summary>
    public void Committed(OwnedPartition partition, long offset)
    {
        lock (_lock)
        {
            partition.CommittedPosition = Math.Max(partition.CommittedPosition, offset);
        }
    }

    /// <summary>Puts fetched records in, in offset order.</summary>
    public void Add(OwnedPartition owner, IReadOnlyList<BufferedRecord> records)
    {
        lock (_lock)
        {
            foreach (var record in records)
            {
                _records.Enqueue((owner, record));
                _bytes += record.Value.Length;
            }
        }

        Signal();
    }

    /// <summary>Takes records out, waiting for the first; at most <paramref name="maxBytes"/> but at least one.</summary>
    public async ValueTask<ReadResult> TakeAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = Take(maxBytes);
            var left = maxWait - TimeProvider.System.GetElapsedTime(startedAt);
            if (result.Records.Count > 0 || result.FlushRequested || _isFaulted || left <= TimeSpan.Zero)
            {
                return result;
            }

            // A signal may be about records that were taken already: only the queue itself tells.
            await _arrived.WaitAsync(left, cancellationToken);
        }
    }

    /// <summary>Wakes the caller for good: nothing more will come.</summary>
    public void Fault()
    {
        _isFaulted = true;
        Signal();
    }

    /// <inheritdoc />
    public void Dispose() => _arrived.Dispose();

    private void Signal()
    {
        lock (_arrived)
        {
            if (_arrived.CurrentCount == 0)
            {
                _arrived.Release();
            }
        }
    }

    private ReadResult Take(int maxBytes)
    {
        var records = new List<BufferedRecord>();
        lock (_lock)
        {
            var bytes = 0L;
            while (_records.TryPeek(out var next) && (records.Count == 0 || bytes + next.Record.Value.Length <= maxBytes))
            {
                _records.Dequeue();
                _bytes -= next.Record.Value.Length;
                if (!next.Owner.IsReleasing)
                {
                    next.Owner.DeliveredPosition = next.Record.Offset + 1;
                    bytes += next.Record.Value.Length;
                    records.Add(next.Record);
                }
            }

            return new ReadResult(records, _owned.Values.Any(owned => owned.IsReleasing && owned.IsInUse));
        }
    }
}
