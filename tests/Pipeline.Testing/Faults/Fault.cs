namespace Pipeline.Testing.Faults;

/// <summary>One fault, and how often it strikes.</summary>
/// <remarks>
/// It strikes exchanges: what a client sends after the last answer, and the answer to it. With HTTP, where a connection is used again, that is a request.
/// </remarks>
public sealed record Fault
{
    private Fault(FaultKind kind) => Kind = kind;

    public FaultKind Kind { get; }

    /// <summary>The direction that is slowed down or cut.</summary>
    public Flow Flow { get; private init; }

    /// <summary>Bytes that pass before the cut.</summary>
    public long Bytes { get; private init; }

    /// <summary>Bytes that pass in a second.</summary>
    public int BytesPerSecond { get; private init; }

    /// <summary>How much later bytes come.</summary>
    public TimeSpan Time { get; private init; }

    /// <summary>Whether the end is a reset; otherwise it is an orderly close.</summary>
    public bool IsReset { get; private init; }

    /// <summary>The share of exchanges that it strikes, by the seed.</summary>
    public double Share { get; private init; } = 1;

    /// <inheritdoc cref="FaultKind.Refuse"/>
    public static Fault Refuse() => new(FaultKind.Refuse);

    /// <inheritdoc cref="FaultKind.Reset"/>
    public static Fault Reset() => new(FaultKind.Reset);

    /// <inheritdoc cref="FaultKind.Hang"/>
    public static Fault Hang() => new(FaultKind.Hang);

    /// <inheritdoc cref="FaultKind.HalfOpen"/>
    public static Fault HalfOpen() => new(FaultKind.HalfOpen);

    /// <inheritdoc cref="FaultKind.Delay"/>
    public static Fault Delay(Flow flow, TimeSpan time) => new(FaultKind.Delay) { Flow = flow, Time = time };

    /// <inheritdoc cref="FaultKind.Throttle"/>
    public static Fault Throttle(Flow flow, int bytesPerSecond) => new(FaultKind.Throttle) { Flow = flow, BytesPerSecond = bytesPerSecond };

    /// <inheritdoc cref="FaultKind.Cut"/>
    public static Fault Cut(Flow flow, long afterBytes, bool isReset = false) => new(FaultKind.Cut) { Flow = flow, Bytes = afterBytes, IsReset = isReset };

    /// <inheritdoc cref="FaultKind.SwallowReply"/>
    public static Fault SwallowReply(bool isReset = false) => new(FaultKind.SwallowReply) { IsReset = isReset };

    /// <summary>The same fault for a share of the exchanges.</summary>
    public Fault ForShare(double share) => Kind is FaultKind.Refuse
        ? throw new ArgumentException("a listener is either there or not", nameof(share))
        : this with { Share = share };
}
