using System.Diagnostics;
using Xunit;

namespace Pipeline.Testing.Time;

/// <summary>Waits on a condition, never on time alone.</summary>
public static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds, and fails the test when it does not in time.</summary>
    public static Task TrueAsync(string what, TimeSpan limit, Func<bool> condition) => TrueAsync(what, limit, () => Task.FromResult(condition()));

    /// <inheritdoc cref="TrueAsync(string, TimeSpan, Func{bool})"/>
    public static async Task TrueAsync(string what, TimeSpan limit, Func<Task<bool>> condition)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(elapsed.Elapsed < limit, $"waited {limit.TotalSeconds:0.#} s in vain for {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Checks again and again, for as long as said, that the assertion holds.</summary>
    public static async Task PassedAsync(TimeSpan time, Action assertion)
    {
        for (var elapsed = Stopwatch.StartNew(); elapsed.Elapsed < time;)
        {
            assertion();
            await Task.Delay(Pause);
        }
    }
}
