using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Pipeline.ServiceDefaults.Logging;

/// <summary>Console logging of every host.</summary>
public static class LoggingBuilderExtensions
{
    /// <summary>Logs to standard error in the given form; the framework's own chatter is left out below warnings.</summary>
    /// <remarks>
    /// Standard error, because standard output belongs to a command's result. Keeping the framework's categories at warning also spares
    /// the log scope that hosting would otherwise open for every request.
    /// </remarks>
    public static ILoggingBuilder AddPipelineConsole(this ILoggingBuilder logging, LogFormat format)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format == LogFormat.Json)
        {
            return logging.AddJsonConsole(static options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }

        return logging.AddSimpleConsole(static options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }

    /// <summary>The form that the environment asks for: <c>PIPELINE_LOG_FORMAT=json</c>, otherwise plain.</summary>
    public static LogFormat FormatFromEnvironment() =>
        string.Equals(Environment.GetEnvironmentVariable("PIPELINE_LOG_FORMAT"), "json", StringComparison.OrdinalIgnoreCase) ? LogFormat.Json : LogFormat.Plain;
}
