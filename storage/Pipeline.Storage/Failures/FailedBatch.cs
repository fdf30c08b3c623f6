using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.Failures;

/// <summary>Records that could not be stored and are kept aside together, to be replayed.</summary>
/// <param name="Group">Consumer group that read them.</param>
/// <param name="Class">Permanent when the store refused the batch, poison when single records of it are bad.</param>
/// <param name="Code">The store's error code; 0 when the store was not asked.</param>
/// <param name="Error">What the store or the conversion said first, without content of events.</param>
/// <param name="Attempts">How often the batch was sent.</param>
/// <param name="FirstAttemptAtMicros">When it was sent first.</param>
/// <param name="FailedAtMicros">When it was given up.</param>
/// <param name="Records">The records, by partition and offset.</param>
public sealed record FailedBatch(
    string Group,
    ErrorClass Class,
    int Code,
    string Error,
    int Attempts,
    long FirstAttemptAtMicros,
    long FailedAtMicros,
    IReadOnlyList<FailedRecord> Records);
