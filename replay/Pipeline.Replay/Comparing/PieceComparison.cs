using Pipeline.Buffer;
using Pipeline.Consumers.Folding;
using Pipeline.Storage.Comparing;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Comparing;

/// <summary>Compares the records of a piece with the store: the same conversion and fold as storing them, without storing them.</summary>
public sealed class PieceComparison(IStateComparison comparison)
{
    internal async Task<(IReadOnlyList<ComparedRecord> Records, IReadOnlyList<ReplayForecast> Forecast)> CompareAsync(
        IReadOnlyList<BufferedRecord> records, CancellationToken cancellationToken)
    {
        var (states, folded) = RecordFolding.Fold(records);
        var compared = await comparison.CompareAsync(states, cancellationToken);
        return ([.. folded.Select(record => new ComparedRecord(record.Source, record.Record, VerdictOf(record, compared)))], ForecastOf(folded, compared));
    }

    private static RecordVerdict VerdictOf(FoldedRecord record, StateComparison compared) =>
        record.Record is null ? RecordVerdict.Unreadable
        : record.Failed == 0 && VerdictsOf(record, compared).All(verdict => verdict == StateVerdict.Unchanged) ? RecordVerdict.Unchanged
        : RecordVerdict.Changes;

    private static IEnumerable<StateVerdict> VerdictsOf(FoldedRecord record, StateComparison compared) =>
        record.Observations.Select(key => compared.Observations[key])
            .Concat(record.Traces.Select(key => compared.Traces[key]))
            .Concat(record.Scores.Select(key => compared.Scores[key]));

    private static List<ReplayForecast> ForecastOf(IReadOnlyList<FoldedRecord> records, StateComparison compared) =>
        [.. records.GroupBy(record => record.Record?.ProjectId ?? "", StringComparer.Ordinal).Select(project =>
        {
            // An entity that several records speak of is one entity.
            var verdicts = project.SelectMany(record => record.Observations).Distinct().Select(key => compared.Observations[key])
                .Concat(project.SelectMany(record => record.Traces).Distinct().Select(key => compared.Traces[key]))
                .Concat(project.SelectMany(record => record.Scores).Distinct().Select(key => compared.Scores[key]))
                .CountBy(verdict => verdict).ToDictionary();
            return new ReplayForecast(
                project.Key,
                project.Count(),
                project.Sum(record => record.Record?.EventCount ?? 1),
                verdicts.GetValueOrDefault(StateVerdict.New),
                verdicts.GetValueOrDefault(StateVerdict.Unchanged),
                verdicts.GetValueOrDefault(StateVerdict.Changed),
                project.Count(record => record.Record is null));
        })];
}
