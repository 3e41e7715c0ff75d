using Spectre.Console;

namespace LeNetServe.Trainer.Downloads;

/// <summary>Obtains a data set with progress shown on standard error: bars on a terminal, plain lines elsewhere.</summary>
internal static class DatasetDownload
{
    /// <summary>Gets the directory of a training's data: the given one, or the data set's own under the default root, filled on demand.</summary>
    /// <returns>Null for a data set that has no files.</returns>
    public static async Task<string?> DirectoryAsync(string dataset, string? given, bool offline, CancellationToken cancellationToken) =>
        given is null && PublishedDatasets.Find(dataset) is { } published
            ? await ObtainAsync(published, DatasetStore.DefaultRoot, new() { Offline = offline }, cancellationToken)
            : given;

    /// <summary>Makes the data set ready and returns its folder; see <see cref="DatasetStore.ObtainAsync"/> for the errors.</summary>
    public static async Task<string> ObtainAsync(
        RemoteDataset dataset, string root, DownloadOptions options, CancellationToken cancellationToken)
    {
        using var http = DatasetStore.CreateClient();
        if (Console.IsErrorRedirected)
            return await new DatasetStore(root, http, TimeProvider.System, Console.Error.WriteLine, PlainLines())
                .ObtainAsync(dataset, options, cancellationToken);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(context => new DatasetStore(root, http, TimeProvider.System, line => console.WriteLine(line), Bars(context))
                .ObtainAsync(dataset, options, cancellationToken));
    }

    private static Action<DownloadProgress> Bars(ProgressContext context)
    {
        var bars = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
        return progress =>
        {
            if (!bars.TryGetValue(progress.File, out var bar))
                bars[progress.File] = bar = context.AddTask(progress.File, maxValue: progress.Total);
            bar.Value = progress.Received;
        };
    }

    private static Action<DownloadProgress> PlainLines()
    {
        var shown = new Dictionary<string, long>(StringComparer.Ordinal);
        return progress =>
        {
            var tenth = progress.Received * 10 / progress.Total;
            if (shown.TryGetValue(progress.File, out var last) && last == tenth)
                return;
            shown[progress.File] = tenth;
            Console.Error.WriteLine($"{progress.File}: {tenth * 10} % of {progress.Total / 1e6:0.0} MB");
        };
    }
}
