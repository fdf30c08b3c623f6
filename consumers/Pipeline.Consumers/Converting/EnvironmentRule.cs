using System.Buffers;
using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting;

/// <summary>Normalises environment names; never refuses one.</summary>
internal static class EnvironmentRule
{
    private const int MaxLength = 40;

    private static readonly SearchValues<byte> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>The environment of whoever names none.</summary>
    internal static readonly Utf8Text Default = Utf8Text.From("default");

    /// <summary>Lower case, without leading <c>langfuse</c> (reserved), at most 40 characters of a-z, 0-9, - and _; else
    /// <see cref="Default"/>.</summary>
    internal static Utf8Text Normalise(in Utf8Text name)
    {
        var span = name.Span;
        if (span.Length is > 0 and <= MaxLength && !span.ContainsAnyExcept(Allowed) && !span.StartsWith("langfuse"u8))
        {
            return name;
        }

        return Rebuild(span);
    }

    private static Utf8Text Rebuild(ReadOnlySpan<byte> name)
    {
        var lower = new byte[name.Length];
        for (var i = 0; i < name.Length; i++)
        {
            lower[i] = name[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[i] | 0x20) : name[i];
        }

        var rest = lower.AsMemory();
        while (rest.Span.StartsWith("langfuse"u8))
        {
            rest = rest[8..];
            rest = !rest.IsEmpty && rest.Span[0] is ((byte)'-' or (byte)'_') ? rest[1..] : rest;
        }

        rest = rest.Length > MaxLength ? rest[..MaxLength] : rest;
        return rest.IsEmpty || rest.Span.ContainsAnyExcept(Allowed) ? Default : new Utf8Text(rest);
    }
}
