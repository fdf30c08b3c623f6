using System.Text;

namespace Pipeline.Schemas;

/// <summary>A piece of UTF-8 text, usually a slice of a received message.</summary>
/// <remarks>
/// Text stays UTF-8 from the socket to the column: it is never transcoded, and its order is the order of its bytes, which is also the
/// order ClickHouse uses for String, so that both sides of the merge pick the same winner. The slice keeps its message alive.
/// </remarks>
public readonly struct Utf8Text : IEquatable<Utf8Text>, IComparable<Utf8Text>
{
    /// <summary>Wraps bytes that are already valid UTF-8; no copy is made.</summary>
    public Utf8Text(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The text of zero length.</summary>
    public static Utf8Text Empty => default;

    /// <summary>The UTF-8 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The UTF-8 bytes as a span.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>Length in bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>Whether the text has no bytes.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Encodes a string; lone surrogates become U+FFFD.</summary>
    public static Utf8Text From(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Copies bytes into a text of its own, for when the message must not be kept alive.</summary>
    public static Utf8Text CopyOf(ReadOnlySpan<byte> utf8) => new(utf8.ToArray());

    /// <inheritdoc />
    public int CompareTo(Utf8Text other) => Span.SequenceCompareTo(other.Span);

    /// <inheritdoc />
    public bool Equals(Utf8Text other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Utf8Text other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc />
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>Whether two texts have the same bytes.</summary>
    public static bool operator ==(Utf8Text left, Utf8Text right) => left.Equals(right);

    /// <summary>Whether two texts differ.</summary>
    public static bool operator !=(Utf8Text left, Utf8Text right) => !left.Equals(right);
}
