namespace Pipeline.Testing.Faults;

/// <summary>What a <see cref="FaultProxy"/> can do to a connection.</summary>
public enum FaultKind
{
    /// <summary>Nobody listens; open connections are reset.</summary>
    Refuse,

    /// <summary>A connection is accepted and reset at once; open ones are reset too.</summary>
    Reset,

    /// <summary>Everything is accepted and nothing is passed on before the fault is healed.</summary>
    Hang,

    /// <summary>The server's side is gone and the client does not learn of it.</summary>
    HalfOpen,

    /// <summary>Bytes come later.</summary>
    Delay,

    /// <summary>Bytes come slowly.</summary>
    Throttle,

    /// <summary>The connection ends after so many bytes.</summary>
    Cut,

    /// <summary>The request is delivered and answered, and the answer is lost.</summary>
    SwallowReply,
}
