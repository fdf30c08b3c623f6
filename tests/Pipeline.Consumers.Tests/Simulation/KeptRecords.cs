using System.IO.Compression;
using System.Text.Json;
using Pipeline.Buffer;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>Reads the failure store as a person would: with a gunzip and a JSON parser, and only batches that have their manifest.</summary>
internal static class KeptRecords
{
    private const string Records = "records.jsonl.gz";

    /// <summary>Place and base64 bytes of every record kept aside.</summary>
    internal static Dictionary<PartitionOffset, string> In(InMemoryObjectStore objects)
    {
        var kept = new Dictionary<PartitionOffset, string>();
        foreach (var key in objects.Keys)
        {
            if (key.EndsWith(Records, StringComparison.Ordinal) && objects.Peek(key.Replace(Records, "manifest.json", StringComparison.Ordinal)) is not null)
            {
                Add(kept, objects.Peek(key)!);
            }
        }

        return kept;
    }

    private static void Add(Dictionary<PartitionOffset, string> kept, byte[] content)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(content), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using var record = JsonDocument.Parse(line);
            kept[new PartitionOffset(record.RootElement.GetProperty("partition").GetInt32(), record.RootElement.GetProperty("offset").GetInt64())] =
                record.RootElement.GetProperty("value").GetString()!;
        }
    }
}
