namespace Pipeline.Testing.Faults;

/// <summary>A direction through a <see cref="FaultProxy"/>.</summary>
public enum Flow
{
    /// <summary>From the client to the server.</summary>
    Request,

    /// <summary>From the server to the client.</summary>
    Reply,
}
