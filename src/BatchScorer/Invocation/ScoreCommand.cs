using System.CommandLine;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Progress;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>The command line of <c>score</c>.</summary>
internal sealed class ScoreCommand
{
    private readonly Argument<string[]> paths = new("paths")
    {
        Description = "Images, folders, .zip, .tar and .tar.gz archives; '-' reads a list of paths from standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> list = new("--list") { Description = "A file with the path of an image, a folder or an archive a line.", HelpName = "FILE" };
    private readonly Option<bool> nullSeparated = new("--null", "-0") { Description = "Lists are separated by zero bytes, as of find -print0." };
    private readonly Option<string[]> include = new("--include") { Description = "Score only files that match this glob, whatever their extension; may be repeated.", HelpName = "GLOB" };
    private readonly Option<string[]> exclude = new("--exclude") { Description = "Leave out files that match this glob; may be repeated.", HelpName = "GLOB" };
    private readonly Option<string?> model = new("--model", "-m") { Description = "An ONNX file, a version's directory or a model's (its newest version); with --server also NAME or NAME/VERSION.", HelpName = "PATH" };
    private readonly Option<string[]> server = new("--server", "-s") { Description = "Score through these servers, separated by commas.", HelpName = "URL", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> output = new("--out", "-o") { Description = "A .jsonl, .csv or .parquet file, '-' for standard output, or a folder: a job that can be resumed and shared.", HelpName = "PATH", Required = true };
    private readonly Option<OutputFormat?> format = CheckedOptions.OneOf<OutputFormat>(new("--format", "-f") { Description = "How rows are written; by the extension of --out where it is not given." });
    private readonly Option<int> topK = new("--top-k", "-k") { Description = "Best classes in a row.", DefaultValueFactory = _ => 3, HelpName = "N" };
    private readonly Option<Geometry?> imaging = CheckedOptions.OneOf<Geometry>(new("--imaging") { Description = "How pictures are brought to the model's size; as the model says where it is not given." });
    private readonly Option<bool> noLabels = new("--no-labels") { Description = "Folder names are not labels: no accuracy, no confusion matrix." };
    private readonly Option<string> threshold = new("--error-threshold") { Description = "Failed images, N or P%, above which the exit code is 4.", DefaultValueFactory = _ => "0", HelpName = "N|P%" };
    private readonly Option<int?> parallel = new("--parallel", "-j") { Description = "Workers, each with its images; by default one per core, or eight with servers.", HelpName = "N" };
    private readonly Option<string?> shard = new("--shard") { Description = "Score share I of N, I from 0; taken also from a Slurm array and a Kubernetes Indexed Job. 'none' ignores those.", HelpName = "I/N" };
    private readonly Option<int?> shards = new("--shards") { Description = "Number of shards where only the index is in the environment (JOB_COMPLETION_INDEX).", HelpName = "N" };
    private readonly Option<int> partSize = new("--part-size") { Description = "Images in a part of a new job: what a killed scorer loses at most, and what shards share.", DefaultValueFactory = _ => 1000, HelpName = "N" };
    private readonly Option<bool> refresh = new("--refresh") { Description = "List the images of a job anew; rows of images with the same content at the same place in the list are kept." };
    private readonly Option<int> preview = new("--preview") { Description = "Writes a contact sheet of the first N images as the model saw them.", HelpName = "N" };
    private readonly Option<string?> tokenFile = new("--token-file") { Description = "A file with the servers' bearer token.", HelpName = "FILE" };
    private readonly Option<string?> caFile = new("--ca-file") { Description = "A PEM file of the authorities that may sign the servers' certificates.", HelpName = "FILE" };
    private readonly Option<int> serverWait = new("--server-wait") { Description = "Seconds to wait for servers that are away or full.", DefaultValueFactory = _ => 120, HelpName = "SECONDS" };
    private readonly Option<bool> json = new("--json") { Description = "Progress as a JSON object a line on standard error, once a second." };
    private readonly Option<bool> quiet = new("--quiet", "-q") { Description = "Nothing on standard error but failures." };

    public Command Create()
    {
        var command = new Command("score", "Scores images: a row each, in the order of the inputs.");
        AddTo(command);
        return Help.WithExamples(command, Help.ScoreExamples);
    }

    private void AddTo(Command command)
    {
        command.Add(paths);
        foreach (var option in (Option[])[model, server, output, format, topK, imaging, list, nullSeparated, include, exclude, noLabels, threshold, preview, shard, shards, partSize, refresh, tokenFile, caFile, serverWait, parallel, json, quiet])
            command.Add(option);
        command.SetAction(async (parsed, cancellationToken) => (int)await new ScoreRun(Options(parsed), Console.Error).RunAsync(cancellationToken));
    }

    private ScoreOptions Options(ParseResult parsed)
    {
        if (parsed.GetValue(parallel) < 1)
            throw new UsageException($"--parallel is {parsed.GetValue(parallel)}, expected 1 or more");
        if ((parsed.GetValue(paths) ?? []).FirstOrDefault(path => path.Length > 1 && path[0] == '-' && !Path.Exists(path)) is { } typo)
            throw new UsageException($"there is no option {typo}; --help has them all");
        return new ScoreOptions
        {
            Inputs = new InputOptions
            {
                Paths = parsed.GetValue(paths) ?? [],
                ListFile = parsed.GetValue(list),
                NullSeparated = parsed.GetValue(nullSeparated),
                Includes = parsed.GetValue(include) ?? [],
                Excludes = parsed.GetValue(exclude) ?? [],
            },
            Model = parsed.GetValue(model),
            Servers = [.. (parsed.GetValue(server) ?? []).SelectMany(urls => urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            Output = CheckedOptions.Output(parsed.GetValue(output)!),
            Format = parsed.GetValue(format),
            TopK = CheckedOptions.AtLeast(1, parsed, topK),
            Imaging = parsed.GetValue(imaging),
            FolderLabels = !parsed.GetValue(noLabels),
            Threshold = ErrorThreshold.Parse(parsed.GetValue(threshold)!),
            Parallelism = parsed.GetValue(parallel),
            TokenFile = parsed.GetValue(tokenFile),
            CaFile = parsed.GetValue(caFile),
            ServerPatience = TimeSpan.FromSeconds(CheckedOptions.AtLeast(0, parsed, serverWait)),
            Shard = ShardOf(parsed),
            PartSize = CheckedOptions.AtLeast(1, parsed, partSize),
            Refresh = parsed.GetValue(refresh),
            Preview = CheckedOptions.AtLeast(0, parsed, preview),
            Progress = parsed.GetValue(json) ? ProgressStyle.Json : parsed.GetValue(quiet) || Console.IsErrorRedirected ? ProgressStyle.None : ProgressStyle.Terminal,
            Quiet = parsed.GetValue(quiet) || parsed.GetValue(json),
        };
    }

    /// <summary>A single file is never a shard, so the environment of a cluster's job does not make it one.</summary>
    private Shard? ShardOf(ParseResult parsed)
    {
        var path = parsed.GetValue(output)!;
        var isFile = path == OutputSink.StandardOutput || OutputFormats.OfExtension(path) is not null;
        return Shard.Parse(parsed.GetValue(shard), parsed.GetValue(shards), isFile ? _ => null : Environment.GetEnvironmentVariable);
    }
}
