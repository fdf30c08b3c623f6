namespace Pipeline.Gateway.Endpoints;

/// <summary>Hands a deflate payload to the inflater in at least four pieces, so that what it did not ask for shows.</summary>
/// <remarks>
/// The inflater stops asking once its stream has ended. Two members in one body end at the latest in the middle of it, so the last piece
/// stays unread then, even when the second member repeats the first and its trailer fits.
/// </remarks>
internal sealed class DeflatePayload(ReadOnlyMemory<byte> payload) : Stream
{
    private readonly int _pieceBytes = Math.Max(1, payload.Length / 4);
    private int _position;

    /// <summary>Whether the inflater took every byte.</summary>
    internal bool IsConsumed => _position == payload.Length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => payload.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(Math.Min(buffer.Length, _pieceBytes), payload.Length - _position);
        payload.Span.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
