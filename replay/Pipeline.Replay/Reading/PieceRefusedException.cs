namespace Pipeline.Replay.Reading;

/// <summary>A piece cannot be read as it was written: damaged, or no longer there. Nothing of it is replayed.</summary>
public sealed class PieceRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PieceRefusedException()
    {
    }

    /// <summary>Creates the exception with what is wrong.</summary>
    public PieceRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public PieceRefusedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
