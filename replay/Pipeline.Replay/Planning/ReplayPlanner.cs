using Pipeline.Replay.Comparing;
using Pipeline.Replay.Reading;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Planning;

/// <summary>Plans a replay: reads every piece, compares it with the store, and keeps the job. Writes nothing into the log or the store.</summary>
public sealed class ReplayPlanner(PieceReader reader, PieceComparison comparison, IReplayJobs jobs, TimeProvider clock)
{
    /// <summary>Plans.</summary>
    /// <param name="sources">Pieces, oldest first.</param>
    /// <param name="limits">How fast and how far.</param>
    /// <param name="actor">Who plans.</param>
    /// <param name="reason">Why.</param>
    /// <param name="keep">Whether the job is kept; without it the plan is only a preview.</param>
    /// <param name="progress">Told how many pieces were looked at.</param>
    /// <param name="cancellationToken">Stops planning; nothing is kept then.</param>
    /// <returns>The job, and the sources that cannot be read with what is wrong.</returns>
    public async Task<(ReplayJob Job, IReadOnlyList<(ReplaySource Source, string Defect)> Refused)> PlanAsync(
        IReadOnlyList<ReplaySource> sources,
        ReplayLimits limits,
        string actor,
        string reason,
        bool keep,
        Action<int>? progress,
        CancellationToken cancellationToken)
    {
        var forecast = new Dictionary<string, ReplayForecast>(StringComparer.Ordinal);
        var refused = new List<(ReplaySource, string)>();
        var looked = 0;
        await foreach (var (contents, unreadable) in PieceGroups.ReadAsync(reader, sources, source => source, cancellationToken))
        {
            refused.AddRange(unreadable);
            if (contents.Count > 0)
            {
                var (_, compared) = await comparison.CompareAsync([.. contents.SelectMany(content => content.Content.Records)], cancellationToken);
                foreach (var project in compared)
                {
                    forecast[project.ProjectId] = Add(forecast.GetValueOrDefault(project.ProjectId), project);
                }
            }

            progress?.Invoke(looked += contents.Count + unreadable.Count);
        }

        // What cannot be read is named and left out: it would only fail again.
        var unreadableSources = refused.Select(entry => entry.Item1).ToHashSet();
        var readable = sources.Where(source => !unreadableSources.Contains(source)).ToList();
        var job = new ReplayJob
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            CreatedAt = clock.GetUtcNow(),
            Actor = actor,
            Reason = reason,
            State = ReplayJobState.Planned,
            Limits = limits,
            Forecast = [.. forecast.Values.OrderBy(entry => entry.ProjectId, StringComparer.Ordinal)],
            Pieces = readable.Count,
            UpdatedAt = clock.GetUtcNow(),
        };
        if (keep && readable.Count > 0)
        {
            await jobs.CreateAsync(job, readable, cancellationToken);
        }

        return (job, refused);
    }

    // Entities that several groups of pieces speak of count once for each: a preview is an upper bound there, and says so.
    private static ReplayForecast Add(ReplayForecast? sum, ReplayForecast piece) => sum is null
        ? piece
        : new ReplayForecast(
            piece.ProjectId,
            sum.Records + piece.Records,
            sum.Events + piece.Events,
            sum.New + piece.New,
            sum.Unchanged + piece.Unchanged,
            sum.Changed + piece.Changed,
            sum.Unreadable + piece.Unreadable);
}
