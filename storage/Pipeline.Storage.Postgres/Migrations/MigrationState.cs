namespace Pipeline.Storage.Postgres.Migrations;

/// <summary>How one migration stands between this build and the database.</summary>
public enum MigrationState
{
    /// <summary>Applied as it is in this build.</summary>
    Applied,

    /// <summary>Not applied yet.</summary>
    Pending,

    /// <summary>Applied, but the file is another one now.</summary>
    Changed,

    /// <summary>Applied by a newer build; this one does not have the file.</summary>
    Unknown,
}
