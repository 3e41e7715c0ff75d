using LeNetServe.Cli;
using LeNetServe.Datasets;

namespace LeNetServe.Trainer.Downloads;

internal sealed class DatasetsRun(DatasetsOptions options)
{
    private readonly DatasetStore store = new(options.Root, new HttpClient(), TimeProvider.System);

    public ExitCode List()
    {
        var states = PublishedDatasets.All.ToDictionary(dataset => dataset, StateOf);
        var width = states.Values.Max(state => state.Length);
        foreach (var (dataset, state) in states)
        {
            var megabytes = dataset.Files.Sum(file => file.Bytes) / 1e6;
            Console.WriteLine($"{dataset.Name,-14} {megabytes,6:0.0} MB  {state.PadRight(width)}  {dataset.Title}");
        }
        return ExitCode.Success;
    }

    public async Task<ExitCode> DownloadAsync(CancellationToken cancellationToken)
    {
        foreach (var dataset in options.Datasets)
        {
            var folder = await DatasetDownload.ObtainAsync(dataset, options.Root, options.Download, cancellationToken);
            var data = options.Root == DatasetRoot.Default ? "" : $" --data {Shell.Word(folder)}";
            Console.WriteLine($"{dataset.Name} is ready in {folder}");
            Console.WriteLine($"next: lenetserve-train train --dataset {dataset.Name}{data}");
        }
        return ExitCode.Success;
    }

    public ExitCode Verify()
    {
        var verdicts = options.Datasets.SelectMany(VerdictsOf).ToList();
        var bad = verdicts.Where(verdict => verdict.State != FileState.Sound).ToList();
        return bad.Count == 0
            ? ExitCode.Success
            : throw new InvalidDataException(
                $"{bad.Count} of {Counted.Of(verdicts.Count, "file is", "files are")} not sound: {bad[0].Path}: {bad[0].Reason}");
    }

    /// <summary>Prints and returns the verdicts on a data set's files; none if another folder serves in their place.</summary>
    private IReadOnlyList<FileVerdict> VerdictsOf(RemoteDataset dataset)
    {
        var verdicts = store.Verify(dataset);
        if (store.Substitute(dataset, verdicts) is { } folder)
        {
            Console.WriteLine($"unchecked {folder}: it serves in place of the files, and no hash is published for it");
            return [];
        }
        foreach (var verdict in verdicts)
            Console.WriteLine($"{verdict.State.ToString().ToLowerInvariant(),-9} {verdict.Path}: {verdict.Reason}");
        return verdicts;
    }

    private string StateOf(RemoteDataset dataset)
    {
        var verdicts = store.Verify(dataset);
        var states = verdicts.Select(verdict => verdict.State).ToList();
        return states.Contains(FileState.Damaged) ? "damaged"
            : states.TrueForAll(state => state == FileState.Sound) ? "here"
            : store.Substitute(dataset, verdicts) is { } folder ? $"here ({Path.GetFileName(folder)}/, unchecked)"
            : states.Contains(FileState.Sound) ? "partly here" : "not here";
    }
}
