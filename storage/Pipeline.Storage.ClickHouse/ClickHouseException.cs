namespace Pipeline.Storage.ClickHouse;

/// <summary>ClickHouse refused a statement or did not answer.</summary>
public sealed class ClickHouseException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ClickHouseException()
    {
    }

    /// <summary>Creates the exception with what ClickHouse said.</summary>
    public ClickHouseException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public ClickHouseException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>ClickHouse's error code; 0 when it did not answer.</summary>
    public int Code { get; init; }
}
