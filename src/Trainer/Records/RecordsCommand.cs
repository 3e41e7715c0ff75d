using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Sweeps;

namespace LeNetServe.Trainer.Records;

/// <summary><c>records list|reproduce</c>.</summary>
internal static class RecordsCommand
{
    private static readonly Argument<string> Name = new("name") { Description = $"The record: {NamedRecord.Names}" };

    private static readonly Option<string?> Seeds =
        CliOption.Optional("--seeds", "Seeds to run, such as 1 or 1..3. Default: those of the record");

    private static readonly Option<string?> Data =
        CliOption.Optional("--data", "Directory of the data set's files. Default: as for train");

    private static readonly Option<string?> Runs = CliOption.Optional("--out", "Directory of the runs. Default: runs/records-NAME");

    /// <summary>Declares the command with its sub-commands.</summary>
    public static Command Create()
    {
        Name.CompletionSources.Add([.. NamedRecord.All.Select(record => record.Name)]);
        var list = new Command("list", "Lists the records with their figures and times.");
        list.SetAction(_ => (int)RecordsRun.List());
        var reproduce = new Command("reproduce", "Trains a record again and compares the figures; skips finished runs.")
        {
            Name, Seeds, Data, Runs, SweepCommand.Workers, SweepCommand.Threads, SweepCommand.Offline,
        };
        reproduce.SetAction(async (parsed, cancellation) => (int)await new RecordsRun(Options(parsed)).ReproduceAsync(cancellation));
        return new Command("records", "Lists the project's records, and trains one again to compare.") { list, reproduce }.WithExamples("""
            Examples:
              lenetserve-train records list
              lenetserve-train records reproduce strokes --seeds 1
            """);
    }

    private static RecordsOptions Options(ParseResult parsed) => new()
    {
        Name = parsed.GetRequiredValue(Name),
        Seeds = parsed.GetValue(Seeds) is { } seeds ? SetOption.Seeds(seeds) : null,
        Data = parsed.GetValue(Data),
        Runs = parsed.GetValue(Runs),
        Workers = parsed.GetValue(SweepCommand.Workers),
        Threads = parsed.GetValue(SweepCommand.Threads),
        Offline = parsed.GetValue(SweepCommand.Offline),
    };
}
