using System.Text.Json;

namespace Pipeline.Storage.Postgres;

/// <summary>How enums stand in columns and on command lines: in snake case.</summary>
public static class Words
{
    /// <summary>The word of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The value of a word.</summary>
    /// <exception cref="FormatException">There is none of that word.</exception>
    public static T Parse<T>(string word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == word)
            {
                return value;
            }
        }

        throw new FormatException($"'{word}' is none of {string.Join(", ", Enum.GetValues<T>().Select(Of))}");
    }
}
