using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Datasets;

namespace LeNetServe.Trainer.Downloads;

/// <summary><c>datasets list|download|verify</c>.</summary>
internal static class DatasetsCommand
{
    private static readonly Option<string> Root = new("--root")
    {
        Description = $"Folder of the data sets, one sub-folder each; else ${DatasetRoot.Variable}, else data",
        DefaultValueFactory = _ => DatasetRoot.Default,
        Recursive = true,
    };

    private static readonly Argument<string[]> Names = new("name")
    {
        Description = $"Data sets: {PublishedDatasets.Names}",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Mirror =
        CliOption.Optional("--mirror", "Address of a folder with the files, tried first; the hashes are checked as ever");

    private static readonly Option<bool> Replace = CliOption.Switch("--replace", "Fetch damaged files anew instead of failing");
    private static readonly Option<bool> Offline = CliOption.Switch("--offline", "Never use the network: check that every file exists");

    /// <summary>Declares the command with its sub-commands.</summary>
    public static Command Create()
    {
        Names.CompletionSources.Add([.. PublishedDatasets.All.Select(dataset => dataset.Name)]);
        var list = new Command("list", "Lists the data sets that can be downloaded, and their state here.");
        list.SetAction(parsed => (int)new DatasetsRun(Options(parsed)).List());
        var download = new Command("download", "Downloads data sets, checks hashes and unpacks them; an interrupted download resumes.")
        {
            Names, Mirror, Replace, Offline,
        };
        download.SetAction(async (parsed, cancellation) => (int)await new DatasetsRun(Options(parsed)).DownloadAsync(cancellation));
        var verify = new Command("verify", "Checks the hashes of the data sets' files without the network.") { Names };
        verify.SetAction(parsed => (int)new DatasetsRun(Options(parsed)).Verify());
        return new Command("datasets", "Lists, downloads and verifies data sets by name.") { Root, list, download, verify }.WithExamples("""
            Examples:
              lenetserve-train datasets list
              lenetserve-train datasets download mnist cifar10
              lenetserve-train datasets verify mnist
            """);
    }

    private static DatasetsOptions Options(ParseResult parsed) => new()
    {
        Root = parsed.GetRequiredValue(Root),
        Datasets = [.. (parsed.GetValue(Names) ?? []).Select(Find)],
        Download = new()
        {
            Offline = parsed.GetValue(Offline),
            Replace = parsed.GetValue(Replace),
            Mirror = ParseMirror(parsed.GetValue(Mirror)),
        },
    };

    private static RemoteDataset Find(string name) => PublishedDatasets.Find(name) ?? throw ExpectedException.Usage(
        $"no data set is named \"{name}\": known are {PublishedDatasets.Names}"
            + NearestName.Hint(name, PublishedDatasets.All.Select(dataset => dataset.Name)));

    private static Uri? ParseMirror(string? address)
    {
        if (address is null)
            return null;
        return Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
            ? uri
            : throw ExpectedException.Usage($"--mirror is \"{address}\", expected an http or https address");
    }
}
