namespace Pipeline.Storage.Objects.S3;

/// <summary>When checksums are sent with requests and checked in answers.</summary>
public enum S3ChecksumMode
{
    /// <summary>Where the operation demands one (<c>WHEN_REQUIRED</c>); for R2, Ceph, GCS, older MinIO.</summary>
    WhenRequired,

    /// <summary>Wherever there can be one (<c>WHEN_SUPPORTED</c>); Amazon's default.</summary>
    WhenSupported,
}
