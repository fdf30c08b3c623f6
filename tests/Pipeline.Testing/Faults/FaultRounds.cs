using System.Globalization;

namespace Pipeline.Testing.Faults;

/// <summary>How long fault tests run: a bounded sample, or the long form when <c>PIPELINE_FAULT_ROUNDS</c> is set.</summary>
public static class FaultRounds
{
    private static readonly int? Given =
        int.TryParse(Environment.GetEnvironmentVariable("PIPELINE_FAULT_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) && rounds > 0 ? rounds : null;

    /// <summary>Whether the long form was asked for.</summary>
    public static bool IsLong => Given is not null;

    /// <summary>Why a test of the long form does not run; null when it does.</summary>
    public static string? MissingReason => IsLong ? null : "long form: run `make test-faults`, or set PIPELINE_FAULT_ROUNDS";

    /// <summary>Rounds: so many in the sample, what was asked for in the long form.</summary>
    public static int Or(int sample) => Given ?? sample;
}
