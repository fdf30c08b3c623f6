using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>Decides how long to wait before a batch is sent again.</summary>
internal static class InsertRetryRule
{
    /// <summary>The longest pause after an attempt; jitter shortens it.</summary>
    /// <param name="attempt">Failed attempts before this one.</param>
    /// <param name="outcome">What became of this one.</param>
    /// <param name="options">Shortest and longest pause.</param>
    internal static TimeSpan PauseAfter(int attempt, InsertOutcome outcome, WriterOptions options)
    {
        var shortest = outcome is InsertOutcome.Overloaded or InsertOutcome.TooLarge ? options.OverloadMinPause : options.RetryMinPause;
        var longest = options.RetryMaxPause > shortest ? options.RetryMaxPause : shortest;

        // Beyond 2^20 the product only grows past the limit.
        var ticks = shortest.Ticks * (double)(1L << Math.Min(attempt, 20));
        return ticks >= longest.Ticks ? longest : TimeSpan.FromTicks((long)ticks);
    }
}
