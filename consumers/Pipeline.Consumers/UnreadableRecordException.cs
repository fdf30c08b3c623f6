namespace Pipeline.Consumers;

/// <summary>A record that this build must neither guess nor skip; the host stops and its partition waits for a newer build.</summary>
internal sealed class UnreadableRecordException : Exception
{
    public UnreadableRecordException()
    {
    }

    public UnreadableRecordException(string message)
        : base(message)
    {
    }

    public UnreadableRecordException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
