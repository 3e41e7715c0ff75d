namespace LeNetServe.InferenceServer.Models;

/// <summary>Loads the models while the listeners open, and looks at the folder regularly in mode poll.</summary>
internal sealed partial class RepositoryService(
    ModelRepository repository, RepositoryOptions options, ServerLifecycle lifecycle, TimeProvider time, ILogger<RepositoryService> logger)
    : BackgroundService
{
    // The reason that was logged last: a folder that is away for a night is one line.
    private string? unreadable;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Without this the first load would run inside the host's start and hold the listeners back.
        await Task.Yield();
        await repository.StartAsync(stoppingToken);
        foreach (var reason in options.Unmatched(repository.Current.Index.GroupBy(report => report.Model).ToDictionary(
            model => model.Key, IReadOnlyCollection<long> (model) => [.. model.Select(report => report.Version).Where(each => each > 0)])))
            LogUnmatched(reason);
        if (repository.Current.Models.Count == 0)
            LogNothing(options.Path, repository.Mode);
        lifecycle.Loaded();
        if (repository.Mode != RepositoryMode.Poll)
            return;
        using var timer = new PeriodicTimer(options.PollInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await PollAsync(stoppingToken);
    }

    /// <summary>Looks at the folder once.</summary>
    public async Task PollAsync(CancellationToken stoppingToken)
    {
        string? reason = null;
        try
        {
            await repository.ScanAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reason = exception.Message;
        }
        if (reason is not null && reason != unreadable)
            LogUnreadable(options.Path, reason);
        unreadable = reason;
    }

    [LoggerMessage(21, LogLevel.Warning, "No model is served from {Path} (mode {Mode})",
        EventName = "NothingServed")]
    private partial void LogNothing(string path, RepositoryMode mode);

    [LoggerMessage(43, LogLevel.Warning, "{Reason}", EventName = "SettingUnmatched")]
    private partial void LogUnmatched(string reason);

    [LoggerMessage(22, LogLevel.Warning, "{Path} cannot be looked at, what is served stays: {Reason}",
        EventName = "RepositoryUnreadable")]
    private partial void LogUnreadable(string path, string reason);
}
