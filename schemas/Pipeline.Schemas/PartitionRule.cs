using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Schemas;

/// <summary>Chooses the partition of a trace: murmur2 of <c>projectId/traceId</c>, as the Java client's default partitioner does.</summary>
/// <remarks>
/// Other producers keyed alike land in the same partition. Order is not needed for correctness; locality only lets one batch fold more
/// events into one row.
/// </remarks>
public static class PartitionRule
{
    /// <summary>The record key of a trace.</summary>
    public static string KeyOf(string projectId, ReadOnlySpan<byte> traceIdUtf8) => $"{projectId}/{Encoding.UTF8.GetString(traceIdUtf8)}";

    /// <summary>The partition of a trace.</summary>
    /// <param name="projectId">Project of the key.</param>
    /// <param name="traceIdUtf8">Trace id as text; lower-case hex for OTLP.</param>
    /// <param name="partitionCount">Partitions of the topic, at least 1.</param>
    public static int PartitionOf(string projectId, ReadOnlySpan<byte> traceIdUtf8, int partitionCount)
    {
        var projectBytes = Encoding.UTF8.GetByteCount(projectId);
        var length = projectBytes + 1 + traceIdUtf8.Length;
        byte[]? rented = null;
        var key = length <= 256 ? stackalloc byte[length] : (rented = ArrayPool<byte>.Shared.Rent(length)).AsSpan(0, length);
        Encoding.UTF8.GetBytes(projectId, key);
        key[projectBytes] = (byte)'/';
        traceIdUtf8.CopyTo(key[(projectBytes + 1)..]);
        var partition = PartitionOf(key, partitionCount);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return partition;
    }

    /// <summary>The partition of a key.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitionCount) => (int)((Murmur2(key) & 0x7FFFFFFF) % (uint)partitionCount);

    // Apache Kafka's variant: seed 0x9747b28c, 32 bits, little-endian words.
    internal static uint Murmur2(ReadOnlySpan<byte> bytes)
    {
        const uint Seed = 0x9747B28C;
        const uint Multiplier = 0x5BD1E995;
        const int Shift = 24;

        var hash = Seed ^ (uint)bytes.Length;
        var rest = bytes;
        while (rest.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(rest) * Multiplier;
            word = (word ^ (word >> Shift)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
            rest = rest[4..];
        }

        if (rest.Length >= 3)
        {
            hash ^= (uint)rest[2] << 16;
        }

        if (rest.Length >= 2)
        {
            hash ^= (uint)rest[1] << 8;
        }

        if (rest.Length >= 1)
        {
            hash = (hash ^ rest[0]) * Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
