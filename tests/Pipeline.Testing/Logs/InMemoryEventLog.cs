using System.Runtime.CompilerServices;
using Pipeline.Buffer;
using Pipeline.Schemas.Records;

namespace Pipeline.Testing.Logs;

/// <summary>A log in memory with consumer groups, hand-overs and faults that a test switches. Time comes from the test's clock.</summary>
/// <remarks>Thread-safe, but it starts no threads of its own: with a simulated process everything stays on one thread.</remarks>
public sealed class InMemoryEventLog(int partitionCount, TimeProvider clock) : IEventLog
{
    private readonly Lock _lock = new();
    private readonly List<BufferedRecord>[] _partitions = [.. Enumerable.Range(0, partitionCount).Select(_ => new List<BufferedRecord>())];
    private readonly Dictionary<(string Group, int Partition), long> _committed = [];
    private readonly List<InMemoryLogReader> _members = [];
    private readonly long[] _first = new long[partitionCount];

    public string Topic { get; init; } = "events";

    public int PartitionCount => partitionCount;

    /// <summary>While set, the log can neither be opened nor read; readers break.</summary>
    public bool IsDown { get; set; }

    /// <summary>While set, positions are unknown, and readers that wait go on waiting without a word, as real ones ride out an outage.</summary>
    public bool IsSilent { get; set; }

    /// <summary>While set, commits are not confirmed.</summary>
    public bool RefusesCommits { get; set; }

    /// <summary>Called with every offset that is about to be committed.</summary>
    public Action<PartitionOffset>? Committing { get; set; }

    /// <summary>Called after a commit succeeded.</summary>
    public Action? Committed { get; set; }

    /// <summary>Called after records were handed out.</summary>
    public Action? Delivered { get; set; }

    /// <summary>Every commit, in order.</summary>
    public List<PartitionOffset> Commits { get; } = [];

    /// <summary>Members that are in the group now.</summary>
    public IReadOnlyList<InMemoryLogReader> Members
    {
        get
        {
            lock (_lock)
            {
                return [.. _members];
            }
        }
    }

    internal TimeProvider Clock => clock;

    public ValueTask OpenAsync(CancellationToken cancellationToken) =>
        IsDown ? throw new EventLogUnavailableException("the log is down") : ValueTask.CompletedTask;

    public ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken) =>
        new(AppendResult.Appended(partition, Append(partition, headers, value)));

    /// <summary>Appends bytes as they are.</summary>
    public long Append(int partition, RecordHeaders headers, byte[] value)
    {
        InMemoryLogReader[] members;
        long offset;
        lock (_lock)
        {
            offset = _partitions[partition].Count;
            _partitions[partition].Add(new BufferedRecord(Topic, partition, offset, Schemas.UnixMicros.Now(clock), headers, value));
            members = [.. _members];
        }

        foreach (var member in members)
        {
            member.Wake();
        }

        return offset;
    }

    /// <summary>Appends a record of this build's version.</summary>
    public long Append(int partition, BufferRecord record) =>
        Append(partition, new RecordHeaders(SchemaVersion.Current.ToString(), null), BufferRecordCodec.Encode(record));

    public IEventLogReader Join(ReaderOptions options)
    {
        if (IsDown)
        {
            throw new EventLogUnavailableException("the log is down");
        }

        var reader = new InMemoryLogReader(this, options);
        lock (_lock)
        {
            _members.Add(reader);
        }

        Rebalance();
        return reader;
    }

    public ValueTask<IReadOnlyList<PartitionPosition>> ReadPositionsAsync(string group, CancellationToken cancellationToken) =>
        IsDown || IsSilent
            ? throw new EventLogUnavailableException("the log is down")
            : new([.. Enumerable.Range(0, partitionCount).Select(p => new PartitionPosition(p, FirstOf(p), EndOf(p), CommittedOffset(group, p)))]);

    public async IAsyncEnumerable<BufferedRecord> ReadRangeAsync(
        int partition, long fromOffset, long toOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = Math.Max(fromOffset, FirstOf(partition)); offset < Math.Min(toOffset, EndOf(partition)); offset++)
        {
            await Task.CompletedTask;
            yield return Read(partition, offset)!;
        }
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => new(!IsDown);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Every record held, partition by partition.</summary>
    public IReadOnlyList<BufferedRecord> Records()
    {
        lock (_lock)
        {
            return [.. _partitions.SelectMany(partition => partition)];
        }
    }

    /// <summary>Offset the next record of a partition gets.</summary>
    public long EndOf(int partition)
    {
        lock (_lock)
        {
            return _partitions[partition].Count;
        }
    }

    /// <summary>Oldest offset a partition still holds.</summary>
    public long FirstOf(int partition)
    {
        lock (_lock)
        {
            return _first[partition];
        }
    }

    /// <summary>Deletes the oldest records of a partition, read or not; readers that joined before keep what they have.</summary>
    public void Expire(int partition, long firstOffset)
    {
        lock (_lock)
        {
            _first[partition] = firstOffset;
        }
    }

    /// <summary>What a group committed; null when nothing.</summary>
    public long? CommittedOffset(string group, int partition)
    {
        lock (_lock)
        {
            return _committed.TryGetValue((group, partition), out var offset) ? offset : null;
        }
    }

    /// <summary>Whether a group has committed everything.</summary>
    public bool IsDrained(string group) => Enumerable.Range(0, partitionCount).All(p => (CommittedOffset(group, p) ?? 0) == EndOf(p));

    /// <summary>A member is silent for longer than its session: its partitions are lost at once, and it is out of the group.</summary>
    public void Expire(InMemoryLogReader reader)
    {
        lock (_lock)
        {
            _members.Remove(reader);
        }

        reader.LoseAll();
        Rebalance();
    }

    /// <summary>A member that was expired is heard of again and joins anew, unless it left meanwhile.</summary>
    public void Rejoin(InMemoryLogReader reader)
    {
        if (reader.IsDisposed)
        {
            return;
        }

        lock (_lock)
        {
            _members.Add(reader);
        }

        Rebalance();
    }

    internal BufferedRecord? Read(int partition, long offset)
    {
        lock (_lock)
        {
            return offset < _partitions[partition].Count ? _partitions[partition][(int)offset] : null;
        }
    }

    internal void Commit(string group, PartitionOffset next)
    {
        Committing?.Invoke(next);
        lock (_lock)
        {
            _committed[(group, next.Partition)] = next.Offset;
            Commits.Add(next);
        }
    }

    /// <summary>Moves partitions to where they belong: partition p to member p mod n, in order of joining. What is in use is waited for.</summary>
    internal void Rebalance()
    {
        var members = Members;
        for (var partition = 0; partition < partitionCount && members.Count > 0; partition++)
        {
            var target = members[partition % members.Count];
            var owner = members.FirstOrDefault(member => member.Owns(partition));
            if (owner == target && !owner.IsReleasing(partition))
            {
                continue;
            }

            if (owner is null || owner.TryRelease(partition))
            {
                target.Own(partition, Math.Max(FirstOf(partition), CommittedOffset(target.Group, partition) ?? 0));
            }
        }
    }
}
