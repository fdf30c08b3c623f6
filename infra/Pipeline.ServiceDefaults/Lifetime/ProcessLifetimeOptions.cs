namespace Pipeline.ServiceDefaults.Lifetime;

/// <summary>How a process stops.</summary>
public sealed class ProcessLifetimeOptions
{
    /// <summary>How long the process stays up, but not ready, after it was asked to stop, so that load balancers notice before the listener closes.</summary>
    /// <value>0: locally there is no load balancer. In Kubernetes set about two probe periods.</value>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;

    /// <summary>Within this time after the drain delay, work in flight is finished and everything is closed.</summary>
    /// <value>15 s: below the 25 s a parent waits and the 30 s an orchestrator waits before it kills.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the process leaves when its standard input closes, because its parent holds the other end.</summary>
    /// <value>True when the environment has <c>PIPELINE_PARENT_STDIN=1</c>.</value>
    public bool StopsWithStandardInput { get; set; } = Environment.GetEnvironmentVariable("PIPELINE_PARENT_STDIN") == "1";
}
