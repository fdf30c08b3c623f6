using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace Pipeline.Testing.Faults;

/// <summary>The seed of a test that chooses at random: <c>PIPELINE_SEED</c> when it is set, otherwise any.</summary>
public static class FaultSeed
{
    /// <summary>Name of the trait of tests that honour the seed.</summary>
    public const string Trait = "Seed";

    /// <summary>Value of the trait.</summary>
    public const string Honoured = "Honoured";

    private const string Variable = "PIPELINE_SEED";

    /// <summary>Whether one run is to be repeated.</summary>
    public static bool IsGiven => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Chooses the seed and prints how to repeat the run.</summary>
    public static int Choose(ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        var seed = string.IsNullOrEmpty(given) ? RandomNumberGenerator.GetInt32(1_000_000_000)
            : int.TryParse(given, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidOperationException($"{Variable} is '{given}'; it must be a whole number");
        output.WriteLine($"seed {seed} (repeat with `make fault SEED={seed}`)");
        return seed;
    }
}
