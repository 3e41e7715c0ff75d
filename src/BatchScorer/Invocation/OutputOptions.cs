using System.CommandLine;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.Cli;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>Options about outputs that <c>score</c> and <c>merge</c> share.</summary>
internal static class OutputOptions
{
    public static Option<OutputFormat?> Format { get; } =
        CliOption.OptionalChoice<OutputFormat>("--format", "Format of the rows. Default: by the extension of --out, else jsonl").Or("-f");

    public static Option<bool> CsvSafe { get; } = CliOption.CsvSafe();

    public static Option<int> Preview { get; } = new Option<int>("--preview")
    {
        Description = "Writes a contact sheet of N images, in turn from each class, as the model saw them.",
        HelpName = "N",
    }.AtLeast(0);

    public static Option<string> Threshold { get; } =
        CliOption.WithDefault("--error-threshold", "0", "Failed images, N or P%, above which the exit code is 4.").Named("N|P%");

    /// <summary>Warns of <c>--csv-safe</c> beside another format.</summary>
    public static void WarnOfCsvSafe(ParseResult parsed, string? output) => parsed.WarnWithout(
        (parsed.GetValue(Format) ?? (output is null ? null : OutputFormats.OfExtension(output))) == OutputFormat.Csv, "CSV", CsvSafe);

    public static Option<bool> Quiet { get; } =
        CliOption.Switch("--quiet", "Nothing on standard error but warnings and failures.").Or("-q");
}
