namespace Pipeline.Storage.Postgres.Embedded;

/// <summary>The local Postgres does not start; the message says why and where its log is.</summary>
public sealed class PostgresStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PostgresStartException()
    {
    }

    /// <summary>Creates the exception with the cause in words.</summary>
    public PostgresStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public PostgresStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
