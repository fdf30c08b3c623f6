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

    /// <summary>How long the insert into one table may take; beyond it the outcome is Unavailable and it is sent again with twice the time.</summary>
    /// <value>30 s: a busy server needs seconds.</value>
    public TimeSpan InsertTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest an insert may take, however often it took too long.</summary>
    /// <value>2 minutes: a server that needs more for one batch does not keep up anyway.</value>
    public TimeSpan MaxInsertTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Replicas that must have an insert before it is confirmed, as the server's <c>insert_quorum</c> takes it; empty for one.</summary>
    /// <value>Empty. With replicated tables it should be <c>auto</c>, the majority: an offset is committed after this confirmation.</value>
    public string InsertQuorum { get; init; } = "";

    /// <summary>How long a query may take.</summary>
    /// <value>60 s.</value>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
