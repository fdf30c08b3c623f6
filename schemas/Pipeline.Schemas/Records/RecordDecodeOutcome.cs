namespace Pipeline.Schemas.Records;

/// <summary>What reading a record's bytes came to.</summary>
public enum RecordDecodeOutcome
{
    /// <summary>The record is readable.</summary>
    Decoded,

    /// <summary>A newer major version wrote it: the reader must stop visibly and be upgraded; the record is not damaged.</summary>
    UnsupportedVersion,

    /// <summary>The bytes are not a record of any version.</summary>
    Malformed,
}
