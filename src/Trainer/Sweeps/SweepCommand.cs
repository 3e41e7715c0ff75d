using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.Specs;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Downloads;

namespace LeNetServe.Trainer.Sweeps;

/// <summary><c>sweep</c>: many runs.</summary>
internal static class SweepCommand
{
    private static readonly Argument<string?> PlanFile = new("plan") { Description = "JSON file: recipe, set, grid, random, samples, random_seed, seeds", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Recipe = new("--recipe") { Description = "Values that all runs start from. Default: the data set's" };
    private static readonly Option<string[]> Set = new("--set") { Description = "key=value for all runs, key=value,value,… for a grid, key=low..high[:log] to draw from; as often as needed" };
    private static readonly Option<string?> Seeds = new("--seeds") { Description = "Seeds of each config, such as 1..5 or 1,2,7. Default: 1" };
    private static readonly Option<int?> Samples = new("--samples") { Description = "Draws from the ranges for each combination of the grid. Default: 1" };
    private static readonly Option<int?> RandomSeed = new("--random-seed") { Description = "Seed of the draws. Default: 1" };
    private static readonly Option<string> Runs = new("--out") { Description = "Directory of the runs", DefaultValueFactory = _ => "runs" };
    private static readonly Option<int?> Workers =
        new Option<int?>("--workers") { Description = "Runs at a time. Default: as many as the cores allow" }.AtLeast(1);
    private static readonly Option<int> Threads =
        new Option<int>("--threads") { Description = "Threads of each run; the results do not depend on it", DefaultValueFactory = _ => 1 }.AtLeast(1);
    private static readonly Option<string> Device = new("--device") { Description = "auto, cpu or cuda", DefaultValueFactory = _ => "auto" };
    private static readonly WorkShareOptions Share = new();
    private static readonly Option<bool> Offline = new("--offline") { Description = "Never touch the network" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "List the runs and do nothing" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var sweep = new Command("sweep", "Trains over a grid or random ranges of any config field and over seeds, several runs at a time; finished runs are skipped.")
        {
            PlanFile, Recipe, Set, Seeds, Samples, RandomSeed, Runs, Workers, Threads, Device, Offline, DryRun,
        };
        Share.AddTo(sweep);
        sweep.SetAction((parsed, cancellation) => RunAsync(parsed, cancellation));
        return sweep;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var share = Share.Read(parsed, Environment.GetEnvironmentVariable) ?? WorkShare.Whole;
        var threads = parsed.GetValue(Threads);
        var workers = parsed.GetValue(Workers) ?? Math.Max(1, Cores() / threads);
        var root = parsed.GetValue(Runs)!;
        var configs = SweepConfigs.Of(Plan(parsed));
        var runs = share.Of(await IdentifyAsync(configs, root, parsed.GetValue(Offline), cancellationToken));
        Console.WriteLine($"{configs.Count} runs{(share.Count > 1 ? $", share {share.Index} of {share.Count}: {runs.Count}" : "")}, {workers} at a time with {threads} threads each, in {root}");
        if (parsed.GetValue(DryRun))
        {
            foreach (var run in runs)
                Console.WriteLine($"{(run.IsFinished ? "finished" : "open    ")} {run.Directory.Path}");
            return (int)ExitCode.Success;
        }
        Directory.CreateDirectory(root);
        var sweep = new Sweep(
            (run, cancellation) => SweepWorker.RunAsync(run, parsed.GetValue(Device)!, threads, cancellation), Console.WriteLine);
        var failed = await sweep.RunAsync(runs, workers, cancellationToken);
        foreach (var (run, reason) in failed)
            await Console.Error.WriteLineAsync($"failed: {run.Directory.Id}: {reason} (log: {Path.Combine(root, ".sweep", run.Directory.Id + ".log")})");
        Console.WriteLine($"{runs.Count - failed.Count} of {runs.Count} runs are finished; look at them with: compare {root}");
        return (int)(failed.Count == 0 ? ExitCode.Success : ExitCode.CheckFailed);
    }

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
        return (parsed.GetValue(Set) ?? []).Aggregate(plan, SetOption.Apply);
    }

    /// <summary>Names the runs as <c>train</c> does. Each data set is made ready and looked at once, for its channels and classes.</summary>
    private static async Task<IReadOnlyList<SweepRun>> IdentifyAsync(
        IReadOnlyList<TrainingConfig> configs, string root, bool offline, CancellationToken cancellationToken)
    {
        var runs = new List<SweepRun>();
        foreach (var same in configs.GroupBy(config => (config.Dataset, config.Data, config.SkipUnreadable)))
        {
            var folder = await DatasetDownload.DirectoryAsync(same.Key.Dataset, same.Key.Data, offline, cancellationToken);
            var dataset = DatasetCatalog.Open(new() { Name = same.Key.Dataset, Directory = folder, SkipUnreadable = same.Key.SkipUnreadable }, cancellationToken);
            foreach (var config in same)
            {
                var spec = Variants.Create(config.Variant, dataset.Imaging.Input.Channels, dataset.Labels.Count);
                runs.Add(new(config, new(Path.Combine(root, RunId.Of(config, dataset.Name, spec)))));
            }
        }
        // In the plan's order, so that every machine deals out the same shares.
        var byConfig = runs.ToDictionary(run => run.Config);
        return [.. configs.Select(config => byConfig[config]).DistinctBy(run => run.Directory.Path)];
    }

    /// <summary>Cores that this process may use; in a Slurm job those that it was given.</summary>
    private static int Cores() => int.TryParse(Environment.GetEnvironmentVariable("SLURM_CPUS_PER_TASK"), out var given) && given >= 1
        ? Math.Min(given, Environment.ProcessorCount)
        : Environment.ProcessorCount;
}
