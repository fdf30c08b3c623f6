using System.Diagnostics;

namespace Pipeline.EndToEnd.Tests;

/// <summary>Waits on a condition, never on time alone.</summary>
internal static class Deadline
{
    internal static async Task<T> ForAsync<T>(string what, TimeSpan limit, Func<Task<T?>> condition)
        where T : struct
    {
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            if (await condition() is { } value)
            {
                return value;
            }

            Assert.True(elapsed.Elapsed < limit, $"waited {limit.TotalSeconds:0} s in vain for {what}");
            await Task.Delay(50);
        }
    }
}
