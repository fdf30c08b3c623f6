using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Pipeline.Schemas.Text;

/// <summary>Makes text out of bytes that a client calls UTF-8.</summary>
public static class Utf8Repair
{
    private const int PieceChars = 4096;

    /// <summary>The same bytes when they are valid UTF-8 without NUL; else a copy with U+FFFD in place of what is not text.</summary>
    /// <remarks>NUL is replaced although ClickHouse would take it: Postgres refuses it, and one id must be spelled alike in both.</remarks>
    public static Utf8Text Of(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        return Utf8.IsValid(span) && !span.Contains((byte)0)
            ? new Utf8Text(bytes)
            : Utf8Text.From(Encoding.UTF8.GetString(span).Replace('\0', '\uFFFD'));
    }

    /// <summary>Bytes that <see cref="Write"/> needs: up to three times the given ones.</summary>
    public static long LengthOf(ReadOnlySpan<byte> bytes)
    {
        long length = 0;
        var piece = ArrayPool<char>.Shared.Rent(PieceChars);
        while (!bytes.IsEmpty)
        {
            length += Encoding.UTF8.GetByteCount(NextPiece(ref bytes, piece));
        }

        ArrayPool<char>.Shared.Return(piece);
        return length;
    }

    /// <summary>Writes the bytes with U+FFFD in place of what is not UTF-8, piece by piece; NUL stays.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="destination">Room for as many as <see cref="LengthOf"/> says.</param>
    public static void Write(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        var piece = ArrayPool<char>.Shared.Rent(PieceChars);
        while (!bytes.IsEmpty)
        {
            destination = destination[Encoding.UTF8.GetBytes(NextPiece(ref bytes, piece), destination)..];
        }

        ArrayPool<char>.Shared.Return(piece);
    }

    private static ReadOnlySpan<char> NextPiece(ref ReadOnlySpan<byte> bytes, Span<char> piece)
    {
        Utf8.ToUtf16(bytes, piece, out var read, out var written, replaceInvalidSequences: true, isFinalBlock: true);
        bytes = bytes[read..];
        return piece[..written];
    }
}
