namespace Pipeline.ServiceDefaults.Lifetime;

/// <summary>The exit code a host ends with; a fault of any worker makes it 1.</summary>
/// <remarks>
/// A background service that throws stops the host with exit code 0, which a supervisor takes for a wish to stop. So a worker reports its
/// fault here before it rethrows, and the process returns <see cref="Code"/>. Thread-safe.
/// </remarks>
public sealed class ExitStatus
{
    private int _code;

    /// <summary>The code to end the process with: 0 until a fault was reported.</summary>
    public int Code => Volatile.Read(ref _code);

    /// <summary>A worker failed for good.</summary>
    public void ReportFault() => Volatile.Write(ref _code, 1);
}
