namespace Pipeline.Storage.EngineHost;

/// <summary>The engine cannot start; the message says why and what to do.</summary>
public sealed class EngineStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EngineStartException()
    {
    }

    /// <summary>Creates the exception with the cause in words.</summary>
    public EngineStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public EngineStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
