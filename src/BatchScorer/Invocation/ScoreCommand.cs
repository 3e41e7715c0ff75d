using System.CommandLine;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Progress;
using LeNetServe.Cli;
using LeNetServe.Imaging;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary><c>score</c>: a row for each image.</summary>
internal static class ScoreCommand
{
    private const string Examples = """
        Examples:
          lenetserve-score score photos/ -m models/lenet5-mnist -o scores.csv
          lenetserve-score score scans.zip -m models/lenet5-mnist -o scores.parquet --imaging digit
          find . -name '*.png' -print0 | lenetserve-score score - -0 -m models/lenet5-mnist -o - | jq .label
          lenetserve-score score photos/ -s http://a:8001,http://b:8001 -m lenet5-mnist/1 -o scores.jsonl
          lenetserve-score score photos/ -m models/lenet5-mnist -o job/          # run again to resume
          lenetserve-score score photos/ -m models/lenet5-mnist -o job/ --shard 0/4   # one of four machines
          lenetserve-score merge job/

        Exit codes: 0 done; 2 wrong command line; 3 broken or missing input; 4 too many images failed, everything was scored;
        5 disk, network or server trouble, try again; 130 stopped, run again to resume. Only 5 and 130 are worth trying again.
        """;

    private static readonly Argument<string[]> Paths = new("paths")
    {
        Description = "Images, folders, .zip, .tar and .tar.gz archives; '-' reads a list of paths from standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> List =
        CliOption.Optional("--list", "A file with the path of an image, a folder or an archive a line.").Named("FILE");

    private static readonly Option<bool> NullSeparated =
        CliOption.Switch("--null", "Lists are separated by zero bytes, as of find -print0.").Or("-0");

    private static readonly Option<string[]> Include = CliOption.List(
        "--include", "Score only files that match this glob, of any extension; a hidden name must be spelled; may be repeated.")
        .Named("GLOB");

    private static readonly Option<string[]> Exclude =
        CliOption.List("--exclude", "Leave out files that match this glob; may be repeated.").Named("GLOB");

    private static readonly Option<string?> Model = CliOption.Optional(
        "--model", "An ONNX file, a version's directory or a model's (its newest version); with --server also NAME or NAME/VERSION.")
        .Or("-m").Named("PATH");

    private static readonly Option<Device> RunsOn = CliOption.Choice<Device>("--device", "Device of a model in this process");

    private static readonly Option<string[]> Server = new("--server", "-s")
    {
        Description = "Score through these servers, separated by commas.",
        HelpName = "URL",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string> Output = CliOption.Required(
        "--out", "A .jsonl, .csv or .parquet file, '-' for standard output, or a folder: a job that can be resumed and shared.")
        .Or("-o").Named("PATH");

    private static readonly Option<int> TopK = CliOption.WithDefault("--top-k", 3, "Best classes in a row.").AtLeast(1).Or("-k").Named("N");

    private static readonly Option<Geometry?> Imaging =
        CliOption.OptionalChoice<Geometry>("--imaging", "How pictures are brought to the model's size. Default: as the model says");

    private static readonly Option<bool> NoLabels =
        CliOption.Switch("--no-labels", "Folder names are not labels: no accuracy, no confusion matrix.");

    private static readonly Option<int?> Parallel = CliOption.Number<int>(
        "--parallel", "Workers, each with its images. Default: one per core, or eight with servers.").AtLeast(1).Or("-j").Named("N");

    private static readonly WorkShareOptions Share = new();

    private static readonly Option<int> PartSize = CliOption.WithDefault(
        "--part-size", 1000, "Images in a part of a new job: what a killed scorer loses at most, and what shards share.")
        .AtLeast(1).Named("N");

    private static readonly Option<bool> Refresh = CliOption.Switch(
        "--refresh", "List the images of a job anew; rows of images with the same content at the same place in the list are kept.");

    private static readonly Option<string?> TokenFile =
        CliOption.Optional("--token-file", "A file with the servers' bearer token.").Named("FILE");

    private static readonly Option<string?> CaFile =
        CliOption.Optional("--ca-file", "A PEM file of the authorities that may sign the servers' certificates.").Named("FILE");

    private static readonly Option<int> ServerWait =
        CliOption.WithDefault("--server-wait", 120, "Seconds to wait for servers that are away or full.").AtLeast(0).Named("SECONDS");

    private static readonly Option<bool> Reject = CliOption.Switch(
        "--reject", "Give images that are not like those of training the error unknown instead of a score.");

    private static readonly Option<string?> Explain = CliOption.Optional(
        "--explain", "A folder for the most confident mistakes as PNG: each image, and the parts of it that spoke for the wrong class.")
        .Named("DIR");

    private static readonly Option<bool> Json =
        CliOption.Switch("--json", "Progress as a JSON object a line on standard error, once a second.");

    public static Command Create()
    {
        var command = new Command("score", "Scores images: a row each, in the order of the inputs.")
        {
            Paths, Model, RunsOn, Server, Output, OutputOptions.Format, OutputOptions.CsvSafe, TopK, Imaging,
            List, NullSeparated, Include, Exclude, NoLabels, Reject,
            OutputOptions.Threshold, OutputOptions.Preview, Explain, PartSize, Refresh, TokenFile, CaFile, ServerWait, Parallel, Json,
            OutputOptions.Quiet,
        };
        Share.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
            (int)await new ScoreRun(Options(parsed), Console.Error).RunAsync(cancellationToken));
        return command.WithExamples(
            Examples,
            ("Model", [Model, RunsOn, Imaging, TopK, Reject]),
            ("Images", [List, NullSeparated, Include, Exclude, NoLabels]),
            ("Output", [Output, OutputOptions.Format, OutputOptions.CsvSafe, OutputOptions.Preview, Explain, OutputOptions.Threshold]),
            ("Servers", [Server, TokenFile, CaFile, ServerWait]),
            ("Jobs", [PartSize, Refresh, .. Share.All]),
            ("Running", [Parallel, Json, OutputOptions.Quiet]));
    }

    private static ScoreOptions Options(ParseResult parsed)
    {
        var output = OutputPath.Checked(parsed.GetRequiredValue(Output));
        var json = parsed.GetValue(Json);
        var quiet = parsed.GetValue(OutputOptions.Quiet);
        var isFile = output == OutputSink.StandardOutput || OutputFormats.OfExtension(output) is not null;
        var isServed = parsed.GetResult(Server) is not null;
        // A program that reads JSON from standard error could not read a warning.
        if (!json)
        {
            parsed.WarnWithout(isServed, "--server", ServerWait);
            parsed.WarnWithout(!isServed, "a model in this process", RunsOn);
            parsed.WarnWithout(!isFile, "--out FOLDER", PartSize, Refresh);
            parsed.WarnWithout(output != OutputSink.StandardOutput, "a file of rows", OutputOptions.Preview);
            parsed.WarnWithout(
                parsed.GetResult(List) is not null || parsed.GetValue(Paths)?.Contains("-") is true, "a list", NullSeparated);
            OutputOptions.WarnOfCsvSafe(parsed, output);
        }
        return new ScoreOptions
        {
            Inputs = new InputOptions
            {
                Paths = parsed.GetValue(Paths) ?? [],
                ListFile = parsed.GetValue(List),
                NullSeparated = parsed.GetValue(NullSeparated),
                Includes = parsed.GetValue(Include) ?? [],
                Excludes = parsed.GetValue(Exclude) ?? [],
            },
            Model = parsed.GetValue(Model),
            Device = parsed.GetValue(RunsOn),
            Servers = [.. (parsed.GetValue(Server) ?? []).SelectMany(
                urls => urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            Output = output,
            Format = parsed.GetValue(OutputOptions.Format),
            CsvSafe = parsed.GetValue(OutputOptions.CsvSafe),
            TopK = parsed.GetValue(TopK),
            Imaging = parsed.GetValue(Imaging),
            FolderLabels = !parsed.GetValue(NoLabels),
            Reject = parsed.GetValue(Reject),
            Threshold = ErrorThreshold.Parse(parsed.GetRequiredValue(OutputOptions.Threshold)),
            Parallelism = parsed.GetValue(Parallel),
            TokenFile = parsed.GetValue(TokenFile),
            CaFile = parsed.GetValue(CaFile),
            ServerPatience = TimeSpan.FromSeconds(parsed.GetValue(ServerWait)),
            // A single file is never a share, so the environment of a cluster's job does not make it one.
            Share = Share.Read(parsed, isFile ? _ => null : Environment.GetEnvironmentVariable),
            PartSize = parsed.GetValue(PartSize),
            Refresh = parsed.GetValue(Refresh),
            Preview = parsed.GetValue(OutputOptions.Preview),
            HeatMaps = parsed.GetValue(Explain),
            Progress = json ? ProgressStyle.Json : quiet || Console.IsErrorRedirected ? ProgressStyle.None : ProgressStyle.Terminal,
            Quiet = quiet || json,
        };
    }
}
