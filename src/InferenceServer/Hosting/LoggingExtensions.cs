using Microsoft.Extensions.Logging.Console;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Configures the log.</summary>
internal static class LoggingExtensions
{
    /// <summary>The format of a time stamp, UTC.</summary>
    public const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Writes the log to stderr. stdout is for the announcement, which scripts read line by line.</summary>
    public static void AddConsoleLog(this WebApplicationBuilder builder, LogFormat format)
    {
        var logging = builder.Logging.ClearProviders();
        _ = format switch
        {
            LogFormat.Json => logging.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatterName)
                .AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>(),
            LogFormat.Systemd => logging.AddSystemdConsole(),
            _ => logging.AddSimpleConsole(text => text.SingleLine = true),
        };
        builder.Services.ConfigureAll<ConsoleFormatterOptions>(SetTimestamp);
        builder.Services.ConfigureAll<SimpleConsoleFormatterOptions>(SetTimestamp);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void SetTimestamp(ConsoleFormatterOptions options)
    {
        options.UseUtcTimestamp = true;
        options.TimestampFormat = $"{Timestamp} ";
    }

    /// <summary>Filters the framework's events.</summary>
    public static void AddLogFilters(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Grpc", LogLevel.Warning)
        // Any enabled level makes Hosting create an activity and a log scope, 1.5 KB, for every request.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        // ServerRun reports a start or a service that fails, in one line.
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
        .AddFilter("Microsoft.AspNetCore.Server.Kestrel", static level => level is LogLevel.Warning or LogLevel.Error);
}
