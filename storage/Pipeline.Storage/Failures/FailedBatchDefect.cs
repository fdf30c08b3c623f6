namespace Pipeline.Storage.Failures;

/// <summary>What is wrong with a stored failed batch.</summary>
public enum FailedBatchDefect
{
    /// <summary>The objects lie under a key that no batch has.</summary>
    Key,

    /// <summary>There is no manifest: its writer died before it, or is at it now.</summary>
    ManifestMissing,

    /// <summary>The manifest's bytes are not those that were written.</summary>
    ManifestDamaged,

    /// <summary>The manifest is of a form that a newer version writes.</summary>
    ManifestFormat,

    /// <summary>The manifest is whole, but another batch's.</summary>
    ManifestOfAnotherBatch,

    /// <summary>There is a manifest and no records object.</summary>
    RecordsMissing,

    /// <summary>The records object is shorter or longer than the manifest says.</summary>
    RecordsLength,

    /// <summary>The records object has another SHA-256 than the manifest says.</summary>
    RecordsSha256,

    /// <summary>The records object does not unpack to its end.</summary>
    RecordsGzip,

    /// <summary>A line of the records object is no record.</summary>
    RecordsLine,

    /// <summary>The records are not as many, or not of the places, projects and reasons, that the manifest says.</summary>
    Counts,

    /// <summary>The note of a replay is not what was written.</summary>
    AttemptDamaged,
}
