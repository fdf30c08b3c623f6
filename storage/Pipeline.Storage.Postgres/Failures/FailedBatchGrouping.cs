namespace Pipeline.Storage.Postgres.Failures;

/// <summary>By what failed batches are counted.</summary>
public enum FailedBatchGrouping
{
    /// <summary>Where they stand.</summary>
    State,

    /// <summary>Class of the failure.</summary>
    Class,

    /// <summary>Word of the failures.</summary>
    Reason,

    /// <summary>The store's code of the failures.</summary>
    Code,

    /// <summary>Table of the failures.</summary>
    Table,

    /// <summary>Project of the records.</summary>
    Project,

    /// <summary>Day in UTC on which they were given up.</summary>
    Day,
}
