using System.CommandLine;

namespace LeNetServe.Trainer.Downloads;

/// <summary><c>datasets list|download|verify</c>.</summary>
internal static class DatasetsCommand
{
    private static readonly Option<string> Root = new("--root")
    {
        Description = $"Folder of the data sets, one sub-folder each; else ${DatasetStore.RootVariable}, else data",
        DefaultValueFactory = _ => DatasetStore.DefaultRoot,
        Recursive = true,
    };

    private static readonly Argument<string[]> Names = new("name")
    {
        Description = $"Data sets: {PublishedDatasets.Names}",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The command with its sub-commands.</summary>
    public static Command Create() => new("datasets", "Lists, downloads and verifies data sets by name.") { Root, List(), Download(), Verify() };

    private static Command List()
    {
        var list = new Command("list", "Lists the data sets that can be had by name, and what is here.");
        list.SetAction(parsed =>
        {
            var store = new DatasetStore(parsed.GetRequiredValue(Root), new HttpClient(), TimeProvider.System);
            foreach (var dataset in PublishedDatasets.All)
                Console.WriteLine($"{dataset.Name,-14} {dataset.Files.Sum(file => file.Bytes) / 1e6,6:0.0} MB  {StateOf(store, dataset),-11} {dataset.Title}");
            return (int)ExitCode.Success;
        });
        return list;
    }

    private static Command Download()
    {
        var mirror = new Option<string?>("--mirror") { Description = "Address of a folder with the files, tried first; the hashes are checked as ever" };
        var replace = new Option<bool>("--replace") { Description = "Fetch damaged files anew instead of failing" };
        var offline = new Option<bool>("--offline") { Description = "Never touch the network: check that everything is here" };
        var download = new Command("download", "Downloads data sets, checks their hashes and unpacks them; a broken download goes on where it stopped.")
        {
            Names, mirror, replace, offline,
        };
        download.SetAction((parsed, cancellationToken) => DownloadAsync(
            parsed.GetRequiredValue(Names),
            parsed.GetRequiredValue(Root),
            new() { Offline = parsed.GetValue(offline), Replace = parsed.GetValue(replace), Mirror = ParseMirror(parsed.GetValue(mirror)) },
            cancellationToken));
        return download;
    }

    private static async Task<int> DownloadAsync(string[] names, string root, DownloadOptions options, CancellationToken cancellationToken)
    {
        foreach (var dataset in names.Select(Find).ToList())
            Console.WriteLine($"{dataset.Name} is ready in {await DatasetDownload.ObtainAsync(dataset, root, options, cancellationToken)}");
        return (int)ExitCode.Success;
    }

    private static Command Verify()
    {
        var verify = new Command("verify", "Checks the hashes of the data sets' files; no network.") { Names };
        verify.SetAction(parsed =>
        {
            var store = new DatasetStore(parsed.GetRequiredValue(Root), new HttpClient(), TimeProvider.System);
            var verdicts = parsed.GetRequiredValue(Names).Select(Find).ToList().SelectMany(store.Verify).ToList();
            foreach (var verdict in verdicts)
                Console.WriteLine($"{verdict.State.ToString().ToLowerInvariant(),-8} {verdict.Path}: {verdict.Reason}");
            var bad = verdicts.Where(verdict => verdict.State != FileState.Sound).ToList();
            return bad.Count == 0
                ? (int)ExitCode.Success
                : throw new InvalidDataException($"{bad.Count} of {verdicts.Count} files are not sound: {bad[0].Path}: {bad[0].Reason}");
        });
        return verify;
    }

    private static string StateOf(DatasetStore store, RemoteDataset dataset)
    {
        var states = store.Verify(dataset).Select(verdict => verdict.State).ToList();
        return states.Contains(FileState.Damaged) ? "damaged"
            : states.TrueForAll(state => state == FileState.Sound) ? "here"
            : store.Alternative(dataset) is { } folder ? $"here ({Path.GetFileName(folder)}/, unchecked)"
            : states.Contains(FileState.Sound) ? "partly here" : "not here";
    }

    private static RemoteDataset Find(string name) => PublishedDatasets.Find(name)
        ?? throw new ExpectedException(ExitCode.Usage, $"no data set is named \"{name}\": known are {PublishedDatasets.Names}");

    private static Uri? ParseMirror(string? address) => address is null ? null
        : Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") ? uri
        : throw new ExpectedException(ExitCode.Usage, $"--mirror is \"{address}\", expected an http or https address");
}
