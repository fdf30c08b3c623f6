using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>What the environment may change about a run.</summary>
internal static class BenchSetting
{
    internal static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
