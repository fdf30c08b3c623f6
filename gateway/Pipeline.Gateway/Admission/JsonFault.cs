using System.Buffers;

namespace Pipeline.Gateway.Admission;

/// <summary>Says where a body stops being JSON, without echoing its content.</summary>
internal static class JsonFault
{
    private static readonly (byte[] Token, string Name)[] PythonLiterals =
        [("NaN"u8.ToArray(), "NaN"), ("Infinity"u8.ToArray(), "Infinity"), ("-Infinity"u8.ToArray(), "-Infinity")];

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> Separators = SearchValues.Create(" \t\r\n,:"u8);

    internal static string Describe(ReadOnlySpan<byte> body, int consumed)
    {
        if (!body.ContainsAnyExcept(Blanks))
        {
            return "the body is empty";
        }

        // The reader stops behind the last whole token; the offending one starts at the next byte that is no separator.
        var separators = body[consumed..].IndexOfAnyExcept(Separators);
        var position = separators < 0 ? body.Length : consumed + separators;
        foreach (var (token, name) in PythonLiterals)
        {
            if (body[position..].StartsWith(token))
            {
                return $"the body is not valid JSON: {name} at byte {position} (write null, or the number as text)";
            }
        }

        return position == body.Length ? $"the body is not valid JSON: it ends at byte {position}" : $"the body is not valid JSON at byte {position}";
    }
}
