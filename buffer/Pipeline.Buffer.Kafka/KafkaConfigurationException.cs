namespace Pipeline.Buffer.Kafka;

/// <summary>The Kafka client cannot work as configured; the message names every offending property, or the missing library.</summary>
public sealed class KafkaConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public KafkaConfigurationException()
    {
    }

    /// <summary>Creates the exception with the cause in words.</summary>
    public KafkaConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public KafkaConfigurationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
