namespace Pipeline.Storage.Archiving;

/// <summary>The archive does not hold the records that were asked for, or not as they were written. None of them is given.</summary>
public sealed class ArchiveDamagedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ArchiveDamagedException()
    {
    }

    /// <summary>Creates the exception with what is wrong, and where.</summary>
    public ArchiveDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public ArchiveDamagedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
