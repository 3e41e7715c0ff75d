using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Recipes;
using LeNetServe.Trainer.Training;
using Spectre.Console;

namespace LeNetServe.Trainer.Sweeps;

internal sealed class SweepRun(SweepOptions options)
{
    /// <summary>Gets this machine's share of the runs; empty before <see cref="RunAsync"/>.</summary>
    public IReadOnlyList<PlannedRun> Share { get; private set; } = [];

    /// <summary>Trains this machine's share of the runs.</summary>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var root = options.Runs;
        var workers = options.Workers ?? Math.Max(1, Cores() / options.Threads);
        var all = await IdentifyAsync(cancellationToken);
        var runs = options.Share.Of(all);
        Share = runs;
        var share = options.Share.Count > 1 ? $", share {options.Share.Index} of {options.Share.Count}: {runs.Count}" : "";
        Console.WriteLine(
            $"{Counted.Of(all.Count, "run")}{share}, {workers} at a time with {Counted.Of(options.Threads, "thread")} each, in {root}");
        if (options.DryRun)
        {
            foreach (var run in runs)
                Console.WriteLine($"{(run.IsFinished ? "finished" : "open    ")} {run.Directory.Path}");
            return ExitCode.Success;
        }
        Directory.CreateDirectory(root);
        var failed = await TrainAsync(runs, workers, cancellationToken);
        foreach (var (run, reason) in failed)
        {
            var log = Path.Combine(root, ".sweep", run.Directory.Id + ".log");
            await Console.Error.WriteLineAsync($"failed: {run.Directory.Id}: {reason} (log: {log})");
        }
        Console.WriteLine($"{runs.Count - failed.Count} of {Counted.Of(runs.Count, "run is", "runs are")} finished");
        Console.WriteLine($"next: lenetserve-train compare {Shell.Word(root)}");
        return failed.Count == 0 ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private async Task<IReadOnlyList<(PlannedRun Run, string Reason)>> TrainAsync(
        IReadOnlyList<PlannedRun> runs, int workers, CancellationToken cancellationToken)
    {
        using var status = Console.IsOutputRedirected ? null : new SweepStatus(AnsiConsole.Console, TimeProvider.System);
        var sweep = new Sweep(
            (run, cancellation) => SweepWorker.RunAsync(run, options.Device, options.Threads, cancellation),
            status is null ? Console.WriteLine : status.WriteLine);
        status?.Watch(sweep, runs);
        return await sweep.RunAsync(runs, workers, cancellationToken);
    }

    /// <summary>Names the runs as <c>train</c> does, in the plan's order. Each data set is opened once.</summary>
    private async Task<IReadOnlyList<PlannedRun>> IdentifyAsync(CancellationToken cancellationToken)
    {
        var recipe = options.Plan.Recipe;
        var requests = SweepConfigs.ValuesOf(options.Plan).Select(values => (Values: values, Config: ConfigBuilder.Build(recipe, values)))
            .DistinctBy(request => request.Config).ToList();
        var byConfig = new Dictionary<TrainingConfig, PlannedRun>();
        foreach (var same in requests.GroupBy(request => (request.Config.Dataset, request.Config.Data, request.Config.SkipUnreadable)))
        {
            var dataset = await DatasetDownload.OpenAsync(same.First().Config, options.Offline, cancellationToken);
            var identity = new Lazy<DatasetIdentity>(() => DatasetIdentity.Of(dataset));
            var adapted = FolderRecipe.IsFor(same.First().Config, recipe) ? FolderRecipe.For(dataset).Values : null;
            foreach (var (values, config) in same)
            {
                var used = adapted is null ? config : ConfigBuilder.Build(recipe, values, adapted: adapted);
                var run = new TrainingRun(used, dataset, options.Runs, identity);
                run.Reuse();
                byConfig[config] = new(used, run.Directory);
            }
        }
        // In the plan's order, so that every machine deals out the same shares.
        return [.. requests.Select(request => byConfig[request.Config]).DistinctBy(run => run.Directory.Path)];
    }

    /// <summary>Gets the cores that this process may use; in a Slurm job, the job's cores.</summary>
    private static int Cores() => int.TryParse(Environment.GetEnvironmentVariable("SLURM_CPUS_PER_TASK"), out var given) && given >= 1
        ? Math.Min(given, Environment.ProcessorCount)
        : Environment.ProcessorCount;
}
