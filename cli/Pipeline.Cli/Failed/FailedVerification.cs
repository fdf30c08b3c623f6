using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Failed;

/// <summary>Reads failed batches byte by byte and compares them with what their manifests say.</summary>
internal sealed class FailedVerification(FailureStore failures, FailedBatchSync sync)
{
    /// <summary>Batches that were read.</summary>
    internal long Verified { get; private set; }

    /// <summary>Records of those that are whole.</summary>
    internal long Records { get; private set; }

    /// <summary>What is wrong with one batch; null when every byte of it is what was written.</summary>
    internal async Task<FailedBatchDamage?> VerifyAsync(FailedBatchRow row, CancellationToken cancellationToken)
    {
        Verified++;

        // Under a key that no batch has there is nothing to compare with.
        var damage = row.Damage is { Defect: FailedBatchDefect.Key } key
            ? key
            : await failures.VerifyAsync(row.Folder, cancellationToken) ?? (await sync.RefreshAsync(row, cancellationToken)).Damage;
        Records += damage is null ? row.Manifest?.Records ?? 0 : 0;
        return damage;
    }
}
