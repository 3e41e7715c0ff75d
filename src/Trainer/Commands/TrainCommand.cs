using System.CommandLine;
using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Training;
using Spectre.Console;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>train</c>: trains a network into a run directory.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var recipe = new Option<string?>("--recipe")
        {
            Description = $"Values to start from: {string.Join(", ", RecipeFiles.Names)}, or the path of a .json file. Default: the data set's; where it gives no value, the option's default holds.",
        };
        var runs = new Option<string>("--out") { Description = "Directory of the runs.", DefaultValueFactory = _ => "runs" };
        var force = new Option<bool>("--force") { Description = "Start anew even if the run is there." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the config, which is a recipe with every value, and do nothing." };
        var quiet = new Option<bool>("--quiet") { Description = "No lines per epoch." };
        var offline = new Option<bool>("--offline") { Description = "Never touch the network: a data set that is missing is an error." };
        var stopWithInput = new Option<bool>("--stop-with-input") { Description = "Save and stop when standard input ends: for a parent process that may be killed.", Hidden = true };
        var fields = ConfigBuilder.Fields.Select(field => (field.Key, Option: FieldOption(field))).ToArray();
        var command = new Command("train", "Train a network into a run directory; the same request resumes or skips what is there already.");
        foreach (var option in (Option[])[recipe, runs, force, dryRun, quiet, offline, stopWithInput, ComputeOptions.Device, ComputeOptions.Threads, .. fields.Select(field => field.Option)])
            command.Options.Add(option);
        command.SetAction((result, outer) => Task.Run(async () =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(outer);
            if (result.GetValue(stopWithInput))
                InputEnd.Cancels(ending);
            var cancellation = ending.Token;
            var values = fields
                .Where(field => result.GetResult(field.Option) is not null)
                .ToDictionary(field => field.Key, field => result.GetValue((Option<string?>)field.Option)!);
            var config = ConfigBuilder.Build(result.GetValue(recipe), values, options: true);
            if (result.GetValue(dryRun))
            {
                Console.WriteLine(JsonSerializer.Serialize(config, TrainerJson.TrainingConfig));
                return (int)ExitCode.Success;
            }
            var data = await DatasetDownload.DirectoryAsync(config.Dataset, config.Data, result.GetValue(offline), cancellation);
            return (int)Train(config, data, result.GetValue(runs)!, result.GetValue(force), result.GetValue(quiet), result, cancellation);
        }, CancellationToken.None));
        return command;
    }

    private static ExitCode Train(TrainingConfig config, string? data, string runs, bool force, bool quiet, ParseResult result, CancellationToken cancellation)
    {
        var device = ComputeDevice.Choose(result.GetValue(ComputeOptions.Device)!);
        var dataset = DatasetCatalog.Open(
            new() { Name = config.Dataset, Directory = data, SkipUnreadable = config.SkipUnreadable }, cancellation);
        var run = new TrainingRun(config, dataset, runs);
        if (!force && run.Finished is { } finished)
        {
            Console.WriteLine($"{run.Directory.Path} is finished already (--force starts anew)");
            Print(finished);
            return ExitCode.Success;
        }
        foreach (var note in Criterion.Unused(run.Spec, config))
            Console.Error.WriteLine($"note: {note}");
        if (dataset.Skipped > 0)
            Console.WriteLine($"{dataset.Skipped:N0} unreadable {(dataset.Skipped == 1 ? "picture was" : "pictures were")} passed over");
        var measure = result.GetValue(ComputeOptions.Threads) is null;
        using var threads = new SliceThreads(ComputeOptions.ThreadCount(result, config));
        using var display = Display(config, quiet);
        Console.WriteLine(
            $"{run.Directory.Path}: {run.Spec.Name}, {run.Spec.TrainableParameters:N0} parameters, {dataset.Name}, {dataset.Train.Count:N0} + {dataset.Test.Count:N0} images, "
            + $"{device.type.ToString().ToLowerInvariant()}, threads: {(measure ? "up to " : "")}{threads.Most}");
        try
        {
            Print(run.Execute(device, threads, display, cancellation, measure, anew: force));
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            display.Dispose();
            Console.Error.WriteLine($"stopped; saved in {run.Directory.Checkpoint}. The same command goes on from there.");
            return ExitCode.Interrupted;
        }
    }

    private static void Print(RunSummary summary) => Console.WriteLine(
        $"test accuracy {summary.TestAccuracy:P2} of {summary.TestImages:N0} images"
        + (summary.TestAccuracyFlipped is { } flipped ? $" ({flipped:P2} with flip test-time augmentation)" : "")
        + $", {summary.Epochs} epochs in {summary.Seconds:F1} s, {summary.ImagesPerSecond:N0} images/s");

    private static ITrainingDisplay Display(TrainingConfig config, bool quiet)
    {
        if (quiet)
            return new PlainDisplay(TextWriter.Null);
        return Console.IsOutputRedirected ? new PlainDisplay(Console.Out) : new TerminalDisplay(AnsiConsole.Console, config.Epochs, TimeProvider.System);
    }

    /// <summary>Text, because the config's own reader judges it: one place for the messages.</summary>
    private static Option<string?> FieldOption(ConfigField field)
    {
        var option = new Option<string?>(field.Option) { Description = field.Help };
        if (field.Type == typeof(bool))
        {
            option.Arity = ArgumentArity.ZeroOrOne;
            option.CustomParser = argument => argument.Tokens.Count == 0 ? "true" : argument.Tokens[0].Value;
        }
        return option;
    }
}
