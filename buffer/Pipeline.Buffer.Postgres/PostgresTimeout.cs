namespace Pipeline.Buffer.Postgres;

/// <summary>Timeouts as Npgsql takes them.</summary>
internal static class PostgresTimeout
{
    /// <summary>Whole seconds, at least one: zero would mean no timeout at all.</summary>
    internal static int SecondsOf(TimeSpan timeout) => Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds));
}
