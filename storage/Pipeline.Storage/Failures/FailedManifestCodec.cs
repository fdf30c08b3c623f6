using System.Text.Json;

namespace Pipeline.Storage.Failures;

/// <summary>Writes and reads what stands beside the records: the manifest and the notes of replays.</summary>
internal static class FailedManifestCodec
{
    private const string Manifest = "manifest";
    private const string Attempt = "attempt";

    internal static byte[] Encode(FailedBatchManifest manifest) => SealedJson.Seal(Manifest, manifest);

    internal static byte[] Encode(ReplayAttempt attempt) => SealedJson.Seal(Attempt, attempt);

    /// <summary>The manifest that lies in a folder.</summary>
    /// <exception cref="FailedBatchDamagedException">It is damaged, of a newer form, or another batch's.</exception>
    internal static FailedBatchManifest Decode(string folder, byte[]? document)
    {
        var key = folder + FailedBatchKeys.Manifest;
        if (document is null)
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.ManifestMissing, "is not there");
        }

        var inner = SealedJson.Unseal(Manifest, document)
            ?? throw new FailedBatchDamagedException(key, FailedBatchDefect.ManifestDamaged, "does not have the SHA-256 that it says, or not the form");
        FailedBatchManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<FailedBatchManifest>(inner.Span, FailureJson.Options);
        }
        catch (JsonException other)
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.ManifestFormat, $"is whole, but {other.Path} is not of form {FailedBatchManifest.CurrentFormat}", other);
        }

        if (manifest is null || manifest.Format != FailedBatchManifest.CurrentFormat)
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.ManifestFormat, $"is of form {manifest?.Format}, not {FailedBatchManifest.CurrentFormat}");
        }

        return FailedBatchKeys.IsFolderOf(manifest, folder)
            ? manifest
            : throw new FailedBatchDamagedException(key, FailedBatchDefect.ManifestOfAnotherBatch, $"is the manifest of batch {manifest.BatchId}");
    }

    /// <summary>A note of a replay; null when there is none, or it is damaged.</summary>
    internal static ReplayAttempt? DecodeAttempt(byte[]? document)
    {
        try
        {
            return document is not null && SealedJson.Unseal(Attempt, document) is { } inner ? JsonSerializer.Deserialize<ReplayAttempt>(inner.Span, FailureJson.Options) : null;
        }
        catch (JsonException)
        {
            // Sealed by another version with other fields; whoever lists says that it cannot be read.
            return null;
        }
    }
}
