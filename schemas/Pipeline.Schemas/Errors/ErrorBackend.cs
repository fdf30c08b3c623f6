namespace Pipeline.Schemas.Errors;

/// <summary>Whose errors a row of <see cref="ErrorTable"/> is about.</summary>
public enum ErrorBackend
{
    /// <summary>ClickHouse; codes are its numbers.</summary>
    ClickHouse,

    /// <summary>Postgres; codes are SQLSTATEs of five characters, or the two of a class.</summary>
    Postgres,

    /// <summary>S3; codes are the texts of its error answers, or an HTTP status for an answer without one.</summary>
    ObjectStore,

    /// <summary>Kafka; codes are the names the client gives them, for example <c>Local_QueueFull</c>.</summary>
    Log,
}
