namespace Pipeline.Storage.Failures;

/// <summary>What a manifest says of the records, counted from their lines: once when they are written, and again when they are read.</summary>
internal sealed class FailedBatchSummary
{
    private readonly Dictionary<(string Topic, int Partition), SourceRange> _sources = [];
    private readonly Dictionary<string, ProjectCount> _projects = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Reason, string Table, string Column, int Code), int> _reasons = [];

    internal int Records { get; private set; }

    internal int Events { get; private set; }

    internal long Bytes { get; private set; }

    internal DateTimeOffset? FirstSeenAt { get; private set; }

    internal DateTimeOffset? LastSeenAt { get; private set; }

    internal IReadOnlyList<SourceRange> Sources =>
        [.. _sources.Values.OrderBy(source => source.Topic, StringComparer.Ordinal).ThenBy(source => source.Partition)];

    internal IReadOnlyList<ProjectCount> Projects => [.. _projects.Values.OrderBy(project => project.ProjectId, StringComparer.Ordinal)];

    internal IReadOnlyList<ReasonCount> Reasons =>
    [
        .. _reasons.Select(pair => new ReasonCount(pair.Key.Reason, pair.Key.Table, pair.Key.Column, pair.Key.Code, pair.Value))
            .OrderBy(reason => reason.Reason, StringComparer.Ordinal).ThenBy(reason => reason.Table, StringComparer.Ordinal)
            .ThenBy(reason => reason.Column, StringComparer.Ordinal).ThenBy(reason => reason.Code),
    ];

    internal void Add(FailedLine line)
    {
        Records++;
        Events += line.Events;
        Bytes += line.Value.Length;
        if (line.SeenAt is { } seen)
        {
            FirstSeenAt = FirstSeenAt is { } first && first < seen ? first : seen;
            LastSeenAt = LastSeenAt is { } last && last > seen ? last : seen;
        }

        var place = (line.Topic, line.Partition);
        _sources[place] = _sources.TryGetValue(place, out var range)
            ? range with { FirstOffset = Math.Min(range.FirstOffset, line.Offset), LastOffset = Math.Max(range.LastOffset, line.Offset), Records = range.Records + 1 }
            : new SourceRange(line.Topic, line.Partition, line.Offset, line.Offset, 1);
        var project = _projects.GetValueOrDefault(line.ProjectId) ?? new ProjectCount(line.ProjectId, 0, 0);
        _projects[line.ProjectId] = project with { Records = project.Records + 1, Events = project.Events + line.Events };
        foreach (var failure in line.Failures)
        {
            var reason = (failure.Reason, failure.Table, failure.Column, failure.Code);
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        }
    }

    internal bool Agrees(FailedBatchManifest manifest) =>
        manifest.Records == Records && manifest.Events == Events && manifest.Bytes == Bytes
        && manifest.Sources.SequenceEqual(Sources) && manifest.Projects.SequenceEqual(Projects) && manifest.Reasons.SequenceEqual(Reasons);
}
