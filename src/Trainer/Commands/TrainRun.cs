using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Recipes;
using LeNetServe.Trainer.Reports;
using LeNetServe.Trainer.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Commands;

internal sealed class TrainRun(TrainOptions options)
{
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.StopWithInput)
            InputEnd.Cancels(ending);
        var config = ConfigBuilder.Build(options.Recipe, options.Values, options: true);
        var adapts = FolderRecipe.IsFor(config, options.Recipe);
        if (options.DryRun && !adapts)
            return Show(config);
        // libtorch takes as long to load as the images.
        var device = options.DryRun ? null : Task.Run(() => ComputeDevice.Choose(options.Device), CancellationToken.None);
        var reading = DatasetDownload.OpenAsync(
            config, options.Offline, ending.Token, options.Values.ContainsKey("data") ? "--data" : "data");
        await Task.WhenAll(device is null ? [reading] : [reading, device]);
        var dataset = await reading;
        if (adapts)
            config = Adapt(dataset);
        return device is null ? Show(config) : Train(config, dataset, await device, ending.Token);
    }

    private static ExitCode Show(TrainingConfig config)
    {
        Console.WriteLine(JsonSerializer.Serialize(config, TrainerJson.TrainingConfig));
        return ExitCode.Success;
    }

    private TrainingConfig Adapt(ImageDataset dataset)
    {
        var recipe = FolderRecipe.For(dataset);
        if (!options.DryRun)
        {
            var images = Counted.Of(dataset.Train.Count, "training image");
            var choices = recipe.Choices.Where(choice => choice.Key == "data" || !options.Values.ContainsKey(choice.Key))
                .Select(choice => choice.Phrase);
            Console.WriteLine($"chosen for {images} of {dataset.Labels.Count} classes: {string.Join("; ", choices)}");
            foreach (var warning in recipe.Warnings)
                Console.Error.WriteLine($"warning: {warning}");
        }
        return ConfigBuilder.Build(options.Recipe, options.Values, options: true, recipe.Values);
    }

    private ExitCode Train(TrainingConfig config, ImageDataset dataset, Device device, CancellationToken cancellationToken)
    {
        var run = new TrainingRun(config, dataset, options.Runs);
        if (!options.Force && run.Reuse() is { } finished)
        {
            Console.WriteLine($"{run.Directory.Path} is finished already (--force starts anew)");
            Print(finished, run.Directory);
            return ExitCode.Success;
        }
        foreach (var note in run.Notes)
            Console.Error.WriteLine($"note: {note}");
        if (dataset.PassedOver.Count > 0)
            Console.Error.WriteLine(
                $"warning: in and beside the folders of the classes, the trainer passes over {string.Join(", ", dataset.PassedOver)}; "
                + $"pictures are {string.Join(", ", ImageFileTypes.Extensions.Select(extension => "*" + extension))}");
        if (dataset.Skipped.Count > 0)
        {
            const int named = 10;
            Console.WriteLine($"{Counted.Of(dataset.Skipped.Count, "unreadable picture was", "unreadable pictures were")} passed over:");
            foreach (var line in dataset.Skipped.Take(named))
                Console.WriteLine($"  {line}");
            if (dataset.Skipped.Count > named)
                Console.WriteLine($"  and {dataset.Skipped.Count - named:N0} more");
        }
        using var threads = new SliceThreads(Math.Min(options.Threads ?? Environment.ProcessorCount, config.Slices));
        using var display = Display(config);
        Console.WriteLine(
            $"{run.Directory.Path}: {run.Spec.Name}, {Counted.Of(run.Spec.TrainableParameters, "parameter")}, {dataset.Name}, "
            + $"{dataset.Train.Count:N0} + {Counted.Of(dataset.Test.Count, "image")}, {device.type.ToString().ToLowerInvariant()}, "
            + $"threads: {(options.Threads is null ? "up to " : "")}{threads.Most}");
        try
        {
            Print(run.Execute(device, threads, display, cancellationToken, options.Threads is null, options.Force), run.Directory);
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            display.Dispose();
            Console.Error.WriteLine($"stopped; saved in {run.Directory.Checkpoint}. The same command goes on from there.");
            return ExitCode.Interrupted;
        }
    }

    private static void Print(RunSummary summary, RunDirectory run)
    {
        var flipped = summary.TestAccuracyFlipped is { } accuracy ? $" ({accuracy:P2} with flip test-time augmentation)" : "";
        Console.WriteLine(
            $"test accuracy {summary.TestAccuracy:P2} of {Counted.Of(summary.TestImages, "image")}{flipped}, "
            + $"{Counted.Of(summary.Epochs, "epoch")} in {PlainDisplay.Duration(summary.Seconds)}, {summary.ImagesPerSecond:N0} images/s");
        Console.WriteLine($"report: {run.Report}");
        Console.WriteLine($"next:   {NextCommand.Export(run)}");
    }

    private ITrainingDisplay Display(TrainingConfig config)
    {
        if (options.Quiet)
            return new PlainDisplay(TextWriter.Null);
        return Console.IsOutputRedirected
            ? new PlainDisplay(Console.Out)
            : new TerminalDisplay(AnsiConsole.Console, config.Epochs, TimeProvider.System);
    }
}
