using System.Text;
using System.Text.Unicode;
using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Makes text out of bytes that a client calls UTF-8.</summary>
internal static class Utf8Repair
{
    /// <summary>The same bytes when they are valid UTF-8 without NUL; else a copy with U+FFFD in place of what is not text.</summary>
    /// <remarks>NUL is replaced although ClickHouse would take it: Postgres refuses it, and one id must be spelled alike in both.</remarks>
    internal static Utf8Text Of(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        return Utf8.IsValid(span) && !span.Contains((byte)0)
            ? new Utf8Text(bytes)
            : Utf8Text.From(Encoding.UTF8.GetString(span).Replace('\0', '\uFFFD'));
    }
}
