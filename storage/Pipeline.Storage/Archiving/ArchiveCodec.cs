using System.Text.Json;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;

namespace Pipeline.Storage.Archiving;

/// <summary>Writes and reads objects of the archive. Their lines are those of failed batches, without failures.</summary>
internal static class ArchiveCodec
{
    private const string Manifest = "archive";

    internal static byte[] Encode(IReadOnlyList<ArchivedRecord> records, FailedBatchSummary summary) =>
        FailedRecordsCodec.Encode([.. records.Select(LineOf)], summary);

    internal static byte[] Encode(ArchiveManifest manifest) => SealedJson.Seal(Manifest, manifest);

    /// <summary>The records of an object, compared with its manifest.</summary>
    /// <exception cref="ArchiveDamagedException">Something is not what was written.</exception>
    internal static IReadOnlyList<ArchivedRecord> Decode(ArchivedObject place, byte[]? manifest, byte[]? records)
    {
        var vouched = DecodeManifest(place, manifest);
        if (records is null || records.Length != vouched.ObjectBytes || SealedJson.HashOf(records) != vouched.ObjectSha256)
        {
            throw new ArchiveDamagedException($"{place.RecordsKey}: {(records is null ? "is not there" : "does not have the length and the SHA-256 that its manifest says")}");
        }

        return DecodeRecords(place, records);
    }

    /// <summary>The records of an object whose manifest nobody asks for.</summary>
    /// <exception cref="ArchiveDamagedException">They are not those that the key names.</exception>
    internal static IReadOnlyList<ArchivedRecord> DecodeRecords(ArchivedObject place, byte[] records)
    {
        var decoded = new List<ArchivedRecord>();
        try
        {
            foreach (var line in FailedRecordsCodec.Decode(place.RecordsKey, records))
            {
                var record = line.ToRecord();
                if (record.Topic != place.Topic || record.Partition != place.Partition || record.Offset != place.FirstOffset + decoded.Count)
                {
                    throw new ArchiveDamagedException($"{place.RecordsKey}: line {decoded.Count + 1} is {record.Topic}/{record.Partition}/{record.Offset}");
                }

                decoded.Add(new ArchivedRecord(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value));
            }
        }
        catch (FailedBatchDamagedException damaged)
        {
            throw new ArchiveDamagedException(damaged.Message, damaged);
        }

        return decoded.Count == place.LastOffset - place.FirstOffset + 1
            ? decoded
            : throw new ArchiveDamagedException($"{place.RecordsKey}: holds {decoded.Count} records, not those that its key names");
    }

    /// <exception cref="ArchiveDamagedException">It is damaged, of a newer form, or another object's.</exception>
    internal static ArchiveManifest DecodeManifest(ArchivedObject place, byte[]? document)
    {
        if (document is null)
        {
            throw new ArchiveDamagedException($"{place.ManifestKey}: is not there");
        }

        var inner = SealedJson.Unseal(Manifest, document)
            ?? throw new ArchiveDamagedException($"{place.ManifestKey}: does not have the SHA-256 that it says, or not the form");
        try
        {
            var manifest = JsonSerializer.Deserialize<ArchiveManifest>(inner.Span, FailureJson.Options);
            return manifest is { Format: ArchiveManifest.CurrentFormat }
                && (manifest.Topic, manifest.Partition, manifest.FirstOffset, manifest.LastOffset) == (place.Topic, place.Partition, place.FirstOffset, place.LastOffset)
                ? manifest
                : throw new ArchiveDamagedException($"{place.ManifestKey}: is of form {manifest?.Format}, or of another object");
        }
        catch (JsonException other)
        {
            throw new ArchiveDamagedException($"{place.ManifestKey}: is whole, but {other.Path} is not of form {ArchiveManifest.CurrentFormat}", other);
        }
    }

    private static FailedRecord LineOf(ArchivedRecord record)
    {
        var outcome = BufferRecordCodec.TryDecode(record.Headers, record.Value, out var decoded);
        return new FailedRecord
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            AppendedAtMicros = record.AppendedAtMicros,
            Headers = record.Headers,
            Value = record.Value,
            Decoded = outcome == RecordDecodeOutcome.Decoded ? decoded : null,
            Failures = [],
        };
    }
}
