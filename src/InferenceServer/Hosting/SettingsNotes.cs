namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Logs each setting that changes nothing, once at start.</summary>
internal sealed partial class SettingsNotes(ServerOptions options, ILogger<SettingsNotes> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var note in options.Notes)
            LogNote(note);
        return Task.CompletedTask;
    }

    [LoggerMessage(12, LogLevel.Warning, "{Note}", EventName = "SettingWithoutEffect")]
    private partial void LogNote(string note);
}
