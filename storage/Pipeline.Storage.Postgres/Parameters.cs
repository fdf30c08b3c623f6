using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Storage.Postgres;

/// <summary>Adds positional parameters in the order in which a statement numbers them.</summary>
internal static class Parameters
{
    internal static void Add(this NpgsqlParameterCollection parameters, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });

    internal static void AddText(this NpgsqlParameterCollection parameters, string? text) =>
        parameters.Add(NpgsqlDbType.Text, WithoutNul(text));

    internal static void AddTexts(this NpgsqlParameterCollection parameters, IEnumerable<string> texts) =>
        parameters.Add(NpgsqlDbType.Array | NpgsqlDbType.Text, texts.Select(text => WithoutNul(text)!).ToArray());

    internal static void AddNumbers(this NpgsqlParameterCollection parameters, IEnumerable<int> numbers) =>
        parameters.Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, numbers.ToArray());

    internal static void AddTime(this NpgsqlParameterCollection parameters, DateTimeOffset? time) =>
        parameters.Add(NpgsqlDbType.TimestampTz, time?.ToUniversalTime());

    // Postgres refuses a text with a NUL, and one in an error message must not stop the index.
    private static string? WithoutNul(string? text) => text?.Replace('\0', '\uFFFD');
}
