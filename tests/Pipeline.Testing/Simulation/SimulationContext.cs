namespace Pipeline.Testing.Simulation;

/// <summary>Runs everything of one simulated process on the test's own thread, in order, and can crash it: what was queued never runs.</summary>
/// <remarks>Not thread-safe on purpose: a post from another thread means that the simulation is no longer repeatable, and throws.</remarks>
public sealed class SimulationContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = [];
    private readonly int _threadId = Environment.CurrentManagedThreadId;

    /// <summary>Whether the process is gone.</summary>
    public bool IsCrashed { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _threadId)
        {
            throw new InvalidOperationException("posted from another thread: the simulated code left its context");
        }

        if (!IsCrashed)
        {
            _posted.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("blocking would stop the simulation");

    /// <summary>Starts something inside the process.</summary>
    public Task Start(Func<Task> body)
    {
        Task? task = null;
        Inside(() => task = body());
        return task!;
    }

    /// <summary>Runs something inside the process, for example what its timers call.</summary>
    public void Inside(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs at most so many queued steps; everything then waits for time or for the test.</summary>
    /// <returns>Steps that ran.</returns>
    public int Run(int maxSteps = int.MaxValue)
    {
        var steps = 0;
        while (steps < maxSteps && _posted.TryDequeue(out var next))
        {
            steps++;
            Inside(() => next.Callback(next.State));
        }

        return steps;
    }

    /// <summary>Ends the process between two instructions: nothing of it runs again.</summary>
    public void Crash()
    {
        IsCrashed = true;
        _posted.Clear();
    }
}
