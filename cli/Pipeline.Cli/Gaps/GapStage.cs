namespace Pipeline.Cli.Gaps;

/// <summary>Where acknowledged events stopped on their way.</summary>
internal enum GapStage
{
    /// <summary>They were given up and kept aside; a replay may store them.</summary>
    Failed,

    /// <summary>Their offsets are committed and nothing says what became of them.</summary>
    Unstored,

    /// <summary>The log deleted them before the group read them.</summary>
    Expired,

    /// <summary>A gateway says that it acknowledged them, and neither the log nor a receipt knows of them.</summary>
    Unlogged,
}
