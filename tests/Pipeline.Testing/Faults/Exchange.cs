namespace Pipeline.Testing.Faults;

/// <summary>A request and its answer, with the faults that strike them.</summary>
internal sealed class Exchange(FaultPlan plan)
{
    private readonly IReadOnlyList<Fault> _faults = plan.ForExchange();
    private readonly long[] _passed = new long[2];
    private int _counted;

    /// <summary>Whether an answer began to arrive.</summary>
    internal bool IsAnswered { get; set; }

    /// <summary>Whether it hung and was let go.</summary>
    internal bool IsHealed { get; set; }

    internal Fault? Find(FaultKind kind) => _faults.FirstOrDefault(fault => fault.Kind == kind);

    internal Fault? Find(FaultKind kind, Flow flow) => _faults.FirstOrDefault(fault => fault.Kind == kind && fault.Flow == flow);

    internal bool IsFirst(Flow flow) => _passed[(int)flow] == 0;

    internal long Passed(Flow flow) => _passed[(int)flow];

    internal void Pass(Flow flow, int bytes) => _passed[(int)flow] += bytes;

    /// <summary>Counts a fault that struck: each kind once for an exchange.</summary>
    internal void Count(FaultKind kind)
    {
        if ((Interlocked.Or(ref _counted, 1 << (int)kind) & (1 << (int)kind)) == 0)
        {
            plan.Count(kind);
        }
    }
}
