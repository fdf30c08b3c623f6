namespace Pipeline.Schemas;

/// <summary>Conversions to and from microseconds since 1970-01-01T00:00:00Z, the one unit of time in records, versions and columns.</summary>
public static class UnixMicros
{
    /// <summary>Microseconds in a second.</summary>
    public const long PerSecond = 1_000_000;

    /// <summary>Microseconds in a minute: the grain of the ledger.</summary>
    public const long PerMinute = 60 * PerSecond;

    /// <summary>1900-01-01, the first instant of a ClickHouse DateTime64 column; earlier times are refused.</summary>
    public const long MinSupported = -2_208_988_800L * PerSecond;

    /// <summary>2299-12-31T23:59:59.999999Z, the last instant of a ClickHouse DateTime64 column; later times are refused.</summary>
    public const long MaxSupported = (10_413_791_999L * PerSecond) + 999_999;

    /// <summary>Now, by the given clock.</summary>
    public static long Now(TimeProvider clock) => From(clock.GetUtcNow());

    /// <summary>Converts a time, cutting below a microsecond.</summary>
    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Whether nanoseconds since 1970, as OTLP has them, lie within what a column holds.</summary>
    public static bool IsSupportedNanos(ulong nanos) => nanos / 1000 <= MaxSupported;

    /// <summary>Converts back.</summary>
    public static DateTimeOffset ToDateTimeOffset(long micros) =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The start of the minute that a time lies in, for times after 1970.</summary>
    public static long FloorToMinute(long micros) => micros - (micros % PerMinute);
}
