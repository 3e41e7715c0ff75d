using System.Globalization;
using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Runs;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Sweeps;

namespace LeNetServe.Trainer.Records;

internal sealed class RecordsRun(RecordsOptions options)
{
    public static ExitCode List()
    {
        foreach (var record in NamedRecord.All)
        {
            Console.WriteLine($"{record.Name,-8} test accuracy {Text(record.TestAccuracy)}, {Counted.Of(record.Runs.Count, "seed")}, "
                + $"recipe {record.Recipe}; {Duration(record.Seconds)} on {record.Hardware}; {record.Measured}");
        }
        return ExitCode.Success;
    }

    /// <summary>Trains the record's seeds, unless their runs are finished already, and compares their test accuracy.</summary>
    /// <returns><see cref="ExitCode.CheckFailed"/> if the mean is outside of the expected range.</returns>
    public async Task<ExitCode> ReproduceAsync(CancellationToken cancellationToken)
    {
        var record = NamedRecord.All.FirstOrDefault(record => record.Name == options.Name)
            ?? throw ExpectedException.Usage($"no record is named \"{options.Name}\", expected {NamedRecord.Names}"
                + NearestName.Hint(options.Name, NamedRecord.All.Select(record => record.Name)));
        var plan = PlanOf(record);
        Announce(record, plan.Seeds.Count);
        var sweep = new SweepRun(new()
        {
            Plan = plan,
            Share = WorkShare.Whole,
            Runs = options.Runs ?? Path.Combine("runs", $"records-{record.Name}"),
            Workers = options.Workers,
            Threads = options.Threads,
            Device = "cpu",
            Offline = options.Offline,
        });
        var trained = await sweep.RunAsync(cancellationToken);
        return trained == ExitCode.Success
            ? Compare(record, [.. sweep.Share.Select(run => (run.Config.Seed, run.Directory.ReadSummary()!))])
            : trained;
    }

    private SweepPlan PlanOf(NamedRecord record) => new()
    {
        Recipe = record.Recipe,
        Seeds = options.Seeds ?? [.. record.Runs.Select(run => run.Seed)],
        Set = options.Data is { } data
            ? new Dictionary<string, JsonElement> { ["data"] = JsonSerializer.SerializeToElement(data) }
            : new Dictionary<string, JsonElement>(),
    };

    private static void Announce(NamedRecord record, int runs)
    {
        Console.WriteLine($"record {record.Name}: recipe {record.Recipe}, measured {record.Measured}");
        Console.WriteLine($"{Counted.Of(runs, "run")}: {Duration(record.SecondsOf(runs))} one after another on {record.Hardware}");
        Console.WriteLine("each run reads the test images once, at its end");
    }

    private static ExitCode Compare(NamedRecord record, IReadOnlyList<(int Seed, RunSummary Summary)> found)
    {
        Console.WriteLine();
        Console.WriteLine("| seed | recorded test accuracy | found | recorded test loss | found |");
        Console.WriteLine("|--:|--:|--:|--:|--:|");
        foreach (var (seed, summary) in found)
        {
            var recorded = record.Runs.FirstOrDefault(run => run.Seed == seed);
            string[] cells =
            [
                $"{seed}", Percent(recorded?.TestAccuracy), Percent(summary.TestAccuracy), Loss(recorded?.TestLoss), Loss(summary.TestLoss),
            ];
            Console.WriteLine($"| {string.Join(" | ", cells)} |");
        }
        var mean = Interval.Of(found.Select(run => run.Summary.TestAccuracy));
        Console.WriteLine($"| mean | {Text(record.TestAccuracy)} | {Text(mean)} | | |");
        var (low, high) = record.Expected(found.Count);
        var isReproduced = mean.Mean >= low && mean.Mean <= high;
        Console.WriteLine();
        Console.WriteLine($"record {record.Name} is {(isReproduced ? "" : "not ")}reproduced: the mean of {Counted.Of(found.Count, "run")} "
            + $"is {Percent(mean.Mean)}, expected {Percent(low)} to {Percent(high)} (19 times of 20)");
        return isReproduced ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static string Text(Interval interval) => $"{interval.ToString("0.00", 100)} %";

    private static string Percent(double? share) =>
        share is { } found ? string.Create(CultureInfo.InvariantCulture, $"{100 * found:0.00} %") : "–";

    private static string Loss(double? nats) => nats?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";

    private static string Duration(double seconds) => seconds < 120 ? $"{seconds:0} s" : $"{seconds / 60:0} minutes";
}
