namespace Pipeline.Storage.Keys;

/// <summary>The key store cannot be read now.</summary>
public sealed class ApiKeySourceUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ApiKeySourceUnavailableException()
    {
    }

    /// <summary>Creates the exception with the cause in words.</summary>
    public ApiKeySourceUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public ApiKeySourceUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
