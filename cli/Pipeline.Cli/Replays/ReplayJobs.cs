using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Replays;

/// <summary>Jobs as a command names them.</summary>
internal static class ReplayJobs
{
    internal static Guid IdOf(string text) =>
        Guid.TryParse(text, out var id) ? id : throw new CliException($"{text} is no id of a job") { ExitCode = ExitCode.Usage };

    internal static async Task<ReplayJob> FindAsync(IReplayJobs jobs, Guid id, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id, cancellationToken) ?? throw new CliException($"there is no job {id}; `pipeline replay status` shows those there are") { ExitCode = ExitCode.NotFound };
}
