using System.Buffers;
using System.IO.Compression;
using Pipeline.Gateway.Publishing;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Decompresses a gzip body under a hard cap, and refuses everything that is not exactly one whole member.</summary>
/// <remarks>
/// The framework's stream reads a truncated body to a short result without an error, ignores trailing bytes and joins members. A protobuf
/// message cut at a field boundary parses, so that would be silent loss. Here the last eight bytes must be the checksum and the length
/// of what came out, and the inflater must have asked for every byte, which none of those three satisfies. Memory is the declared content length, at most the cap.
/// </remarks>
internal static class GzipBody
{
    // Text compresses 5 to 20 to 1; 100 to 1 beyond a mebibyte is a bomb, below it there is nothing to win with one.
    private const int MaxRatio = 100;
    private const int RatioFreeBytes = 1024 * 1024;
    private const int ScratchBytes = 16 * 1024;

    /// <summary>Replaces the received bytes with their decompressed content.</summary>
    internal static BodyOutcome Decompress(RequestBody body, int maxBytes, InFlightBudget budget)
    {
        if (!GzipHeader.TryRead(body.Bytes.Span, out var header))
        {
            return BodyOutcome.CorruptGzip;
        }

        var limit = (int)Math.Min(maxBytes, Math.Max(RatioFreeBytes, (long)body.Length * MaxRatio));
        using var payload = new DeflatePayload(body.Bytes.Slice(header.PayloadStart, header.PayloadLength));
        using var inflater = new DeflateStream(payload, CompressionMode.Decompress);
        if (header.ContentLength > limit)
        {
            return ExceedsLimit(inflater, limit) ? BodyOutcome.TooLarge : BodyOutcome.CorruptGzip;
        }

        var length = (int)header.ContentLength;
        if (!budget.TryReserve(length))
        {
            return BodyOutcome.Busy;
        }

        var content = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        if (IsWhole(inflater, content.AsSpan(0, length)) && payload.IsConsumed && Crc32.Of(content.AsSpan(0, length)) == header.Checksum)
        {
            body.Replace(content, length);
            return BodyOutcome.Read;
        }

        ArrayPool<byte>.Shared.Return(content);
        budget.Release(length);
        return BodyOutcome.CorruptGzip;
    }

    private static bool IsWhole(DeflateStream inflater, Span<byte> content)
    {
        try
        {
            var filled = inflater.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            Span<byte> beyond = stackalloc byte[1];
            return filled == content.Length && inflater.Read(beyond) == 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    // A declared length over the limit is either true (too large) or not a trailer at all (corrupt); only inflating tells, into nothing.
    private static bool ExceedsLimit(DeflateStream inflater, int limit)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(ScratchBytes);
        try
        {
            long total = 0;
            while (total <= limit)
            {
                var read = inflater.Read(scratch, 0, ScratchBytes);
                if (read == 0)
                {
                    return false;
                }

                total += read;
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
