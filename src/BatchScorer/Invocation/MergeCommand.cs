using System.CommandLine;
using LeNetServe.Cli;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary><c>merge</c>: one output of a job's shards.</summary>
internal static class MergeCommand
{
    private const string Examples = """
        Examples:
          lenetserve-score merge job/
          lenetserve-score merge job/ --out scores.parquet

        Exit codes: 0 done; 3 the parts do not fit together; 4 too many images failed; 5 parts are missing, run their shards and try again.
        """;

    private static readonly Argument<string> Folder = new("folder") { Description = "The job's folder, as given to 'score --out'." };
    private static readonly Option<string?> Output =
        CliOption.Optional("--out", "The merged rows. Default: scores.jsonl in the job's folder.").Or("-o").Named("FILE");

    public static Command Create()
    {
        var command = new Command(
            "merge", "Makes one output of a job's shards, and checks that every image is there, once, scored by one model.")
        {
            Folder, Output, OutputOptions.Format, OutputOptions.CsvSafe, OutputOptions.Preview, OutputOptions.Threshold,
            OutputOptions.Quiet,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            OutputOptions.WarnOfCsvSafe(parsed, parsed.GetValue(Output));
            return Task.FromResult((int)new MergeRun(Options(parsed), Console.Error).Run(null, cancellationToken));
        });
        return command.WithExamples(Examples);
    }

    private static MergeOptions Options(ParseResult parsed) => new()
    {
        Folder = parsed.GetRequiredValue(Folder),
        Output = parsed.GetValue(Output) is { } path ? OutputPath.Checked(path) : null,
        Format = parsed.GetValue(OutputOptions.Format),
        CsvSafe = parsed.GetValue(OutputOptions.CsvSafe),
        Preview = parsed.GetValue(OutputOptions.Preview),
        Threshold = ErrorThreshold.Parse(parsed.GetRequiredValue(OutputOptions.Threshold)),
        Quiet = parsed.GetValue(OutputOptions.Quiet),
    };
}
