using LeNetServe.Datasets;
using LeNetServe.Trainer.Configuration;
using Spectre.Console;

namespace LeNetServe.Trainer.Downloads;

/// <summary>Obtains a data set with progress shown on standard error: bars on a terminal, plain lines elsewhere.</summary>
internal static class DatasetDownload
{
    /// <summary>Opens a config's data set in the given directory, or in its own under the default root, filled on demand.</summary>
    /// <param name="config">The config.</param>
    /// <param name="offline">Never use the network.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <param name="folderName">The name of the folder's option or key in a message.</param>
    public static async Task<ImageDataset> OpenAsync(
        TrainingConfig config, bool offline, CancellationToken cancellationToken, string folderName = "data")
    {
        var directory = config.Data is null && PublishedDatasets.Find(config.Dataset) is { } published
            ? await ObtainAsync(published, DatasetRoot.Default, new() { Offline = offline }, cancellationToken)
            : config.Data;
        if (config.Data is { } given && !Directory.Exists(given))
            throw new DirectoryNotFoundException(
                $"{folderName} is {given}, which {(File.Exists(given) ? "is a file" : "does not exist")}, expected a folder with "
                + (config.Dataset == "folder" ? "a folder of pictures for each class" : $"the files of {config.Dataset}")
                + NearestName.HintOfPath(given));
        try
        {
            return DatasetCatalog.Open(
                new() { Name = config.Dataset, Directory = directory, SkipUnreadable = config.SkipUnreadable }, cancellationToken);
        }
        catch (InvalidDataException fault) when (config is { Dataset: "folder", SkipUnreadable: false } && fault.InnerException is not null)
        {
            throw new InvalidDataException(
                $"{fault.Message}; mend or remove the file, or pass over such files with --skip-unreadable", fault);
        }
    }

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
