namespace Pipeline.Storage.Failures;

/// <summary>How much of a batch is one project's.</summary>
/// <param name="ProjectId">Project; empty when it cannot be read.</param>
/// <param name="Records">Records.</param>
/// <param name="Events">Events and spans; a record whose bytes are none counts as one.</param>
public sealed record ProjectCount(string ProjectId, int Records, int Events);
