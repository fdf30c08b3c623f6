namespace Pipeline.Storage.Replays;

/// <summary>What a replay would do, by comparison with the store before anything is written.</summary>
/// <param name="ProjectId">Project; empty for records that cannot be read.</param>
/// <param name="Records">Records.</param>
/// <param name="Events">Events in them.</param>
/// <param name="New">Entities that the store does not have.</param>
/// <param name="Unchanged">Entities that are there and would stay as they are.</param>
/// <param name="Changed">Entities that are there and would look different.</param>
/// <param name="Unreadable">Records that this version cannot read and would not replay.</param>
public sealed record ReplayForecast(string ProjectId, long Records, long Events, long New, long Unchanged, long Changed, long Unreadable);
