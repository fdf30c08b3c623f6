namespace Pipeline.Storage.Failures;

/// <summary>What a listing shows of one batch.</summary>
internal sealed class FailedFolder(string path)
{
    internal string Path => path;

    /// <summary>Bytes of the records object; null when there is none.</summary>
    internal long? RecordsBytes { get; set; }

    internal void Add(string name, long size)
    {
        if (name == FailedBatchKeys.Records)
        {
            RecordsBytes = size;
        }
    }

    /// <summary>What is wrong with the records as far as their length tells; null when nothing is.</summary>
    internal FailedBatchDamage? DamageOf(FailedBatchManifest manifest)
    {
        var key = path + FailedBatchKeys.Records;
        if (RecordsBytes is null)
        {
            return new FailedBatchDamage(FailedBatchDefect.RecordsMissing, $"{key}: is not there");
        }

        return RecordsBytes == manifest.ObjectBytes
            ? null
            : new FailedBatchDamage(FailedBatchDefect.RecordsLength, $"{key}: {RecordsBytes} bytes, {manifest.ObjectBytes} were written");
    }
}
