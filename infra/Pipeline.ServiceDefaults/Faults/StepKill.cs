using System.Diagnostics;
using System.Globalization;

namespace Pipeline.ServiceDefaults.Faults;

/// <summary>Ends the process by SIGKILL at a named step, so that fault tests hit the instant between two effects. Off unless configured.</summary>
/// <remarks>
/// <c>PIPELINE_KILL_AT</c> names the step, <c>PIPELINE_KILL_AFTER</c> (default 1) the pass at which it strikes. Never set it where data matters.
/// </remarks>
public sealed class StepKill
{
    private readonly string? _step;
    private long _passesLeft;

    /// <summary>Creates a switch.</summary>
    /// <param name="step">Name of the step; null for none.</param>
    /// <param name="pass">The pass at which it strikes, from 1.</param>
    public StepKill(string? step, long pass)
    {
        _step = step;
        _passesLeft = pass;
    }

    /// <summary>Reads the switch from the environment.</summary>
    /// <exception cref="InvalidOperationException">The pass is not a number from 1.</exception>
    public static StepKill FromEnvironment() => From(Environment.GetEnvironmentVariable("PIPELINE_KILL_AT"), Environment.GetEnvironmentVariable("PIPELINE_KILL_AFTER"));

    internal static StepKill From(string? step, string? pass) => string.IsNullOrEmpty(step)
        ? new StepKill(null, 0)
        : long.TryParse(pass ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            ? new StepKill(step, number)
            : throw new InvalidOperationException($"PIPELINE_KILL_AFTER is '{pass}'; it must be a number from 1");

    /// <summary>Passes a step.</summary>
    public void Pass(string step)
    {
        if (_step is not null && _step == step && Interlocked.Decrement(ref _passesLeft) == 0)
        {
            Process.GetCurrentProcess().Kill();
        }
    }
}
