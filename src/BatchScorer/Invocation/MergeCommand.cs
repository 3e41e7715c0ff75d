using System.CommandLine;
using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>The command line of <c>merge</c>.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The job's folder, as given to 'score --out'." };
        var output = new Option<string?>("--out", "-o") { Description = "The merged rows; scores.jsonl in the job's folder where it is not given.", HelpName = "FILE" };
        var format = CheckedOptions.OneOf(new Option<OutputFormat?>("--format", "-f") { Description = "How rows are written; by the extension of --out where it is not given." });
        var preview = new Option<int>("--preview") { Description = "Writes preview.png with the first N images as the model saw them.", HelpName = "N" };
        var threshold = new Option<string>("--error-threshold") { Description = "Failed images, N or P%, above which the exit code is 4.", DefaultValueFactory = _ => "0", HelpName = "N|P%" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Nothing on standard error but failures." };
        var command = new Command("merge", "Makes one output of a job's shards, and checks that every image is there, once, scored by one model.") { folder, output, format, preview, threshold, quiet };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            return (int)await new MergeRun(new MergeOptions
            {
                Folder = parsed.GetValue(folder)!,
                Output = parsed.GetValue(output) is { } path ? CheckedOptions.Output(path) : null,
                Format = parsed.GetValue(format),
                Preview = CheckedOptions.AtLeast(0, parsed, preview),
                Threshold = ErrorThreshold.Parse(parsed.GetValue(threshold)!),
                Quiet = parsed.GetValue(quiet),
            }, Console.Error).RunAsync(null, cancellationToken);
        });
        return Help.WithExamples(command, Help.MergeExamples);
    }
}
