using System.Buffers;
using System.Buffers.Binary;

namespace Pipeline.Storage.ClickHouse.Native;

/// <summary>Writes an LZ4 frame (lz4/doc/lz4_Frame_format.md) of independent blocks into pooled segments.</summary>
/// <remarks>
/// Bytes are staged up to one block, compressed while they are still in the cache, and never held uncompressed as a whole: a batch costs memory
/// by its compressed size. Not thread-safe. The owner of the finished segments returns them to the pool.
/// </remarks>
internal sealed class Lz4FrameWriter : IDisposable
{
    // 256 KiB blocks: large enough for the ratio, small enough to stay in the second-level cache between staging and compression.
    private const int BlockSize = 256 * 1024;
    private const int SegmentSize = 1024 * 1024;
    private const int BlockHeaderSize = 4;
    private const uint StoredBlockFlag = 0x8000_0000;

    private readonly byte[] _staging = ArrayPool<byte>.Shared.Rent(BlockSize);
    private readonly int[] _table = ArrayPool<int>.Shared.Rent(Lz4Block.TableSize);
    private readonly List<ArraySegment<byte>> _segments = [];
    private byte[] _segment = ArrayPool<byte>.Shared.Rent(SegmentSize);
    private int _segmentLength;
    private int _staged;

    internal Lz4FrameWriter()
    {
        // Magic number; FLG 0x60: version 1, independent blocks, no checksums; BD 0x50: blocks up to 256 KiB; then the header checksum,
        // the second byte of xxHash32 over FLG and BD, which are constant.
        ReadOnlySpan<byte> header = [0x04, 0x22, 0x4D, 0x18, 0x60, 0x50, 0xFB];
        header.CopyTo(_segment);
        _segmentLength = header.Length;
    }

    /// <summary>Room in the current block, for a writer that encodes in place; call <see cref="Advance"/> with what was used.</summary>
    /// <param name="atLeast">At most 1,024.</param>
    internal Span<byte> GetSpan(int atLeast)
    {
        if (BlockSize - _staged < atLeast)
        {
            FlushBlock();
        }

        return _staging.AsSpan(_staged, BlockSize - _staged);
    }

    internal void Advance(int count)
    {
        _staged += count;
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var room = _staging.AsSpan(_staged, BlockSize - _staged);
            if (bytes.Length <= room.Length)
            {
                bytes.CopyTo(room);
                Advance(bytes.Length);
                return;
            }

            bytes[..room.Length].CopyTo(room);
            Advance(room.Length);
            bytes = bytes[room.Length..];
            FlushBlock();
        }
    }

    /// <summary>Ends the frame; the caller owns the segments from here on.</summary>
    internal List<ArraySegment<byte>> Complete()
    {
        FlushBlock();
        Reserve(BlockHeaderSize).Clear();
        _segmentLength += BlockHeaderSize;
        _segments.Add(new ArraySegment<byte>(_segment, 0, _segmentLength));
        _segment = [];
        return _segments;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_staging);
        ArrayPool<int>.Shared.Return(_table);
        if (_segment.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_segment);
            foreach (var segment in _segments)
            {
                ArrayPool<byte>.Shared.Return(segment.Array!);
            }
        }
    }

    private void FlushBlock()
    {
        if (_staged == 0)
        {
            return;
        }

        var source = _staging.AsSpan(0, _staged);
        var room = Reserve(BlockHeaderSize + Lz4Block.MaxCompressedLength(_staged));
        var length = Lz4Block.Compress(source, room[BlockHeaderSize..], _table.AsSpan(0, Lz4Block.TableSize));
        var header = (uint)length;
        if (length >= _staged)
        {
            source.CopyTo(room[BlockHeaderSize..]);
            length = _staged;
            header = (uint)length | StoredBlockFlag;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(room, header);
        _segmentLength += BlockHeaderSize + length;
        _staged = 0;
    }

    private Span<byte> Reserve(int length)
    {
        if (_segment.Length - _segmentLength < length)
        {
            _segments.Add(new ArraySegment<byte>(_segment, 0, _segmentLength));
            _segment = ArrayPool<byte>.Shared.Rent(SegmentSize);
            _segmentLength = 0;
        }

        return _segment.AsSpan(_segmentLength, length);
    }
}
