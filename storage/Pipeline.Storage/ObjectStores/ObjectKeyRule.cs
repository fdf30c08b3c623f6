using System.Buffers;

namespace Pipeline.Storage.ObjectStores;

/// <summary>What a key of an object store may be: the same everywhere, so that a folder can be copied into a bucket and back.</summary>
public static class ObjectKeyRule
{
    /// <summary>Longest key; S3 takes 1024 bytes with its prefix.</summary>
    public const int MaxLength = 768;

    // What a file name may have.
    private const int MaxSegmentLength = 255;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=_.-");

    /// <summary>Whether it is one: segments of <c>[A-Za-z0-9=_.-]</c> joined by <c>/</c>, none of them empty, <c>.</c> or <c>..</c>.</summary>
    public static bool IsKey(string text) => text.Length <= MaxLength && text.Split('/').All(IsSegment);

    /// <summary>Whether keys can begin so.</summary>
    public static bool IsPrefix(string text) => text.Length == 0 || IsKey(text.EndsWith('/') ? text[..^1] : text);

    /// <summary>Throws for what is no key: a caller makes them of checked parts.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void ThrowIfNoKey(string key)
    {
        if (!IsKey(key))
        {
            throw new ArgumentException($"\"{key}\" is no key of an object", nameof(key));
        }
    }

    /// <summary>Throws for what no key can begin with.</summary>
    /// <exception cref="ArgumentException">None can.</exception>
    public static void ThrowIfNoPrefix(string prefix)
    {
        if (!IsPrefix(prefix))
        {
            throw new ArgumentException($"\"{prefix}\" is no beginning of a key", nameof(prefix));
        }
    }

    private static bool IsSegment(string segment) =>
        segment.Length is > 0 and <= MaxSegmentLength && segment is not ("." or "..") && !segment.AsSpan().ContainsAnyExcept(Allowed);
}
