using System.Diagnostics;

namespace Pipeline.Gateway.Tests;

/// <summary>Waits on a condition with a deadline.</summary>
internal static class Eventually
{
    internal static async Task IsTrueAsync(Func<Task<bool>> condition, string what, int seconds = 10)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(elapsed.Elapsed < TimeSpan.FromSeconds(seconds), $"not within {seconds} s: {what}");
            await Task.Delay(10);
        }
    }
}
