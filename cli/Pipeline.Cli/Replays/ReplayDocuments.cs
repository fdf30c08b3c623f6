using Pipeline.Storage.Postgres;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Replays;

/// <summary>Replays as JSON.</summary>
internal static class ReplayDocuments
{
    /// <summary>A plan.</summary>
    internal static object Of(ReplayJob job, bool isKept, IReadOnlyList<(ReplaySource Source, string Defect)> refused) => new
    {
        Job = isKept ? job.Id : (Guid?)null,
        job.Pieces,
        Projects = job.Forecast,
        Refused = refused.Select(piece => new { Source = piece.Source.ToString(), Error = piece.Defect }),
    };

    /// <summary>A job.</summary>
    internal static object Of(ReplayJob job, IReadOnlyList<ReplayPiece> failed) => new
    {
        Job = job.Id,
        State = Words.Of(job.State),
        job.CreatedAt,
        job.UpdatedAt,
        job.Actor,
        job.Reason,
        job.Limits,
        job.Pieces,
        job.PiecesDone,
        job.Rate,
        job.Note,
        Proof = new { job.Done.Attempted, job.Done.Stored, job.Done.Unchanged, job.Done.Failed, Exact = job.Done.IsExact },
        Projects = job.Forecast,
        FailedPieces = failed.Select(piece => new { piece.Number, Source = piece.Source.ToString(), State = Words.Of(piece.State), piece.Counts.Attempted, piece.Counts.Failed, piece.Error }),
    };
}
