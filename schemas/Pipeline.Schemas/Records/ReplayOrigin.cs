using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Schemas.Records;

/// <summary>Where a replayed record comes from, as <see cref="BufferRecord.ReplayOrigin"/> carries it: <c>JOB</c> or <c>JOB/BATCH</c>.</summary>
/// <param name="JobId">Replay job that appended it.</param>
/// <param name="BatchId">Failed batch that holds it; null when it was read from the log or the archive.</param>
public readonly record struct ReplayOrigin(Guid JobId, Guid? BatchId)
{
    /// <summary>Reads the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ReplayOrigin origin)
    {
        origin = default;
        var parts = (text ?? "").Split('/');
        if (parts.Length > 2 || !Guid.TryParse(parts[0], out var job))
        {
            return false;
        }

        if (parts.Length == 1)
        {
            origin = new ReplayOrigin(job, null);
            return true;
        }

        origin = new ReplayOrigin(job, Guid.TryParse(parts[1], out var batch) ? batch : null);
        return origin.BatchId is not null;
    }

    /// <inheritdoc />
    public override string ToString() => BatchId is { } batch ? $"{JobId}/{batch}" : JobId.ToString();
}
