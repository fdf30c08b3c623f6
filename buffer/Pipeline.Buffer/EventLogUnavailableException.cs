namespace Pipeline.Buffer;

/// <summary>The log's backend cannot be used now: not reachable, topic missing, or the member was fatally fenced.</summary>
public sealed class EventLogUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EventLogUnavailableException()
    {
    }

    /// <summary>Creates the exception with the cause in words.</summary>
    public EventLogUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public EventLogUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
