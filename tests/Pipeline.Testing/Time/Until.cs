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
    public static Task TrueAsync(string what, TimeSpan limit, Func<Task<bool>> condition) =>
        ValueAsync<bool>(what, limit, async () => await condition() ? true : null);

    /// <summary>Waits until there is a value, and fails the test when there is none in time.</summary>
    public static async Task<T> ValueAsync<T>(string what, TimeSpan limit, Func<Task<T?>> find)
        where T : struct
    {
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            if (await find() is { } value)
            {
                return value;
            }

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
