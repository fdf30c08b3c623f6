namespace Pipeline.ServiceDefaults.Logging;

/// <summary>Form of the log lines on the console.</summary>
public enum LogFormat
{
    /// <summary>One plain line per message, for a person.</summary>
    Plain,

    /// <summary>One JSON object per line, for a log collector.</summary>
    Json,
}
