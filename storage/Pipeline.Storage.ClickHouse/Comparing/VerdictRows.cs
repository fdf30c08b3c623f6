using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Storage.Comparing;

namespace Pipeline.Storage.ClickHouse.Comparing;

/// <summary>Reads the answer of a <see cref="ComparisonStatement"/>: an array per identity, texts first, the verdict last.</summary>
internal static class VerdictRows
{
    internal static Dictionary<TKey, StateVerdict> Read<TKey>(byte[] body, Func<Utf8Text[], TKey> keyOf)
        where TKey : notnull
    {
        var verdicts = new Dictionary<TKey, StateVerdict>();
        var identity = new List<Utf8Text>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                identity.Add(TextOf(ref reader));
            }
            else if (reader.TokenType == JsonTokenType.Number)
            {
                verdicts.Add(keyOf([.. identity]), (StateVerdict)reader.GetInt32());
                identity.Clear();
            }
        }

        return verdicts;
    }

    private static Utf8Text TextOf(ref Utf8JsonReader reader)
    {
        var bytes = new byte[reader.ValueSpan.Length];
        return new Utf8Text(bytes.AsMemory(0, reader.CopyString(bytes)));
    }
}
