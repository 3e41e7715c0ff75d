using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary><c>sweep</c>: many runs.</summary>
internal static class SweepCommand
{
    private static readonly Argument<string?> PlanFile = new("plan")
    {
        Description = "JSON file: recipe, set, grid, random, samples, random_seed, seeds",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Recipe =
        CliOption.Optional("--recipe", "Values that all runs start from. Default: the data set's").Completed(RecipeFiles.Names);

    private static readonly Option<string[]> Set = CliOption.List(
        "--set", "key=value for all runs, key=value,value,… for a grid, key=low..high[:log] to draw from; as often as needed");

    private static readonly Option<string?> Seeds =
        CliOption.Optional("--seeds", "Seeds of each config, such as 1..5 or 1,2,7. Default: 1");

    private static readonly Option<int?> Samples =
        CliOption.Number<int>("--samples", "Draws from the ranges for each combination of the grid. Default: 1");

    private static readonly Option<int?> RandomSeed = CliOption.Number<int>("--random-seed", "Seed of the draws. Default: 1");
    private static readonly Option<string> Runs = CliOption.WithDefault("--out", "runs", "Directory of the runs");

    public static readonly Option<int?> Workers =
        CliOption.Number<int>("--workers", "Runs at a time. Default: as many as the cores allow").AtLeast(1);

    public static readonly Option<int> Threads =
        CliOption.WithDefault("--threads", 1, "Threads of each run; the results do not depend on the number").AtLeast(1);

    public static readonly Option<bool> Offline = CliOption.Switch("--offline", "Never use the network");
    private static readonly Option<bool> DryRun = CliOption.Switch("--dry-run", "List the runs and do nothing");
    private static readonly WorkShareOptions Share = new();

    public static Command Create()
    {
        var command = new Command("sweep", "Trains over a grid or random ranges of any config field and over seeds; skips finished runs.")
        {
            PlanFile, Recipe, Set, Seeds, Samples, RandomSeed, Runs, Workers, Threads, ComputeOptions.Device, Offline, DryRun,
        };
        Share.AddTo(command);
        command.SetAction(async (parsed, cancellation) => (int)await new SweepRun(Options(parsed)).RunAsync(cancellation));
        return command.WithExamples(
            """
            Examples:
              lenetserve-train sweep --recipe mnist --set learning_rate=0.001,0.002,0.004 --seeds 1..3
              lenetserve-train sweep --recipe mnist --set learning_rate=0.0005..0.01:log --samples 20 --workers 2
              lenetserve-train sweep plan.json --dry-run
            """,
            ("Plan", [Recipe, Set, Seeds, Samples, RandomSeed]),
            ("Run", [Runs, Workers, Threads, ComputeOptions.Device, Offline, DryRun, .. Share.All]));
    }

    private static SweepOptions Options(ParseResult parsed) => new()
    {
        Plan = Plan(parsed),
        Share = Share.Read(parsed, Environment.GetEnvironmentVariable) ?? WorkShare.Whole,
        Runs = parsed.GetRequiredValue(Runs),
        Workers = parsed.GetValue(Workers),
        Threads = parsed.GetValue(Threads),
        Device = parsed.GetRequiredValue(ComputeOptions.Device),
        Offline = parsed.GetValue(Offline),
        DryRun = parsed.GetValue(DryRun),
    };

    private static SweepPlan Plan(ParseResult parsed)
    {
        var plan = parsed.GetValue(PlanFile) is { } file ? SweepPlanFile.Read(file) : new();
        plan = plan with
        {
            Recipe = parsed.GetValue(Recipe) ?? plan.Recipe,
            Samples = parsed.GetValue(Samples) ?? plan.Samples,
            RandomSeed = parsed.GetValue(RandomSeed) ?? plan.RandomSeed,
            Seeds = parsed.GetValue(Seeds) is { } seeds ? SetOption.Seeds(seeds) : plan.Seeds,
        };
        plan = (parsed.GetValue(Set) ?? []).Aggregate(plan, SetOption.Apply);
        parsed.WarnWithout(plan.Random.Count > 0, "a range, --set key=low..high", Samples, RandomSeed);
        return plan;
    }
}
