namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>How ClickHouse is reached.</summary>
public sealed record ClickHouseOptions
{
    /// <summary>Address of the HTTP interface.</summary>
    public required Uri Address { get; init; }

    /// <summary>Database.</summary>
    /// <value><c>pipeline</c>.</value>
    public string Database { get; init; } = "pipeline";

    /// <summary>User; empty for none. Sent as a header, never in the address.</summary>
    public string User { get; init; } = "";

    /// <summary>Password of the user.</summary>
    public string Password { get; init; } = "";

    /// <summary>How long one insert may take; beyond it the outcome is Unavailable and the batch is sent again.</summary>
    /// <value>30 s: below the consumer group's session timeout of 45 s.</value>
    public TimeSpan InsertTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a query may take.</summary>
    /// <value>60 s.</value>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
