using System.Globalization;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Replays;
using Spectre.Console;

namespace Pipeline.Cli.Replays;

/// <summary>Replays as text.</summary>
internal static class ReplayText
{
    // A running job reports once a second.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>A plan.</summary>
    internal static void Write(ReplayJob job, bool isKept, IReadOnlyList<(ReplaySource Source, string Defect)> refused)
    {
        var table = new Table().AddColumns("project", "records", "events", "new", "already there", "would change", "unreadable");
        foreach (var project in job.Forecast)
        {
            table.AddRow(
                Markup.Escape(project.ProjectId.Length > 0 ? project.ProjectId : "(unreadable)"), Text(project.Records), Text(project.Events), Text(project.New),
                Text(project.Unchanged), Text(project.Changed), Text(project.Unreadable));
        }

        AnsiConsole.Write(table);
        foreach (var (source, defect) in refused)
        {
            Console.WriteLine($"refused: {source}: {defect}");
        }

        Console.WriteLine(isKept
            ? $"{job.Pieces} batches planned as job {job.Id}; nothing was replayed yet. Next: pipeline replay run {job.Id}"
            : $"{job.Pieces} batches; nothing was kept and nothing replayed");
    }

    /// <summary>A job.</summary>
    internal static void Write(ReplayJob job, IReadOnlyList<ReplayPiece> failed)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"job {job.Id}: {Words.Of(job.State)}, {job.PiecesDone} of {job.Pieces} pieces, by {job.Actor}: {job.Reason}"));
        if (job.State == ReplayJobState.Running && TimeProvider.System.GetUtcNow() - job.UpdatedAt > Silence)
        {
            Console.WriteLine($"not heard of since {job.UpdatedAt:u}: its process is gone; `pipeline replay run {job.Id}` goes on");
        }
        else if (job.Rate > 0 || job.Note.Length > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"up to {job.Rate:0.#} records/s{(job.Note.Length > 0 ? $"; {job.Note}" : "")}"));
        }

        foreach (var piece in failed)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{piece.Source}: {piece.Error ?? $"{piece.Counts.Failed} of {piece.Counts.Attempted} events failed again"}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"attempted {job.Done.Attempted} = stored {job.Done.Stored} + unchanged {job.Done.Unchanged} + failed {job.Done.Failed}{(job.Done.IsExact ? "" : ": DOES NOT ADD UP")}"));
    }

    /// <summary>Jobs.</summary>
    internal static void Write(IReadOnlyList<ReplayJob> jobs)
    {
        var table = new Table().AddColumns("job", "created (UTC)", "state", "pieces", "attempted", "stored", "unchanged", "failed", "by", "why");
        foreach (var job in jobs)
        {
            table.AddRow(
                job.Id.ToString(), job.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Words.Of(job.State), $"{job.PiecesDone}/{job.Pieces}",
                Text(job.Done.Attempted), Text(job.Done.Stored), Text(job.Done.Unchanged), Text(job.Done.Failed), Markup.Escape(job.Actor), Markup.Escape(job.Reason));
        }

        AnsiConsole.Write(table);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
