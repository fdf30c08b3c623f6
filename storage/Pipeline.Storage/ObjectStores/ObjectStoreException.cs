using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.ObjectStores;

/// <summary>An object store does not answer, or refuses.</summary>
public sealed class ObjectStoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ObjectStoreException()
    {
    }

    /// <summary>Creates the exception with what happened.</summary>
    public ObjectStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public ObjectStoreException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether waiting helps.</summary>
    /// <value>Transient.</value>
    public ErrorClass Class { get; init; } = ErrorClass.Transient;

    /// <summary>The store's own code, for example <c>SlowDown</c>; empty when it gave none.</summary>
    public string Code { get; init; } = "";
}
