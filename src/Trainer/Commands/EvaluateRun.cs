using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Commands;

internal sealed class EvaluateRun(EvaluateOptions options)
{
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var directory = new RunDirectory(options.Run);
        string[] files = [directory.Config, directory.Model, directory.Weights];
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
            throw new DirectoryNotFoundException(
                $"{directory.Path} is not a run with weights: found no {Path.GetRelativePath(directory.Path, missing)} in it, "
                + "expected a directory that train made, such as runs/ID");
        RunChecksums.Verify(directory);
        var config = ConfigBuilder.Read(directory.Config);
        var model = directory.ReadModel();
        var device = ComputeDevice.Choose(options.Device);
        var dataset = await DatasetDownload.OpenAsync(
            config with { Data = options.Data ?? config.Data }, offline: true, cancellationToken, options.Data is null ? "data" : "--data");
        using var store = new ParameterStore(model.Spec, device);
        store.Load(directory.Weights);
        using var threads = new SliceThreads(options.Threads ?? Environment.ProcessorCount);
        using var images = new ResidentImages(dataset.Test, device);
        var evaluator = new Evaluator(threads);
        var started = TimeProvider.System.GetTimestamp();
        var test = evaluator.Measure(store, model, images, images.All());
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(
            $"{directory.Id}: accuracy {test.Accuracy:P2}, loss {test.Loss:F4}, {test.Images - test.Correct:N0} of {test.Images:N0} wrong, "
            + $"{test.Images / seconds:N0} images/s");
        var probabilities = TestEvidence.Probabilities(store, model, images, threads);
        WriteCertainty(CertaintyFigures.Of(probabilities, dataset.Test.Labels), model);
        if (options.Flip)
        {
            var flipped = evaluator.Measure(store, model, images, images.All(), flip: true);
            Console.WriteLine($"with flip test-time augmentation: accuracy {flipped.Accuracy:P2}");
        }
        if (options.Answers is { } file)
            GoldenImages.Of(store, model, dataset.Test, images, threads, most: images.Count).Write(file);
        if (options.Gradients is { } gradients)
            InputGradients.Write(gradients, store, model, images);
        if (DatasetIdentity.Of(dataset) != model.Dataset)
            Console.Error.WriteLine($"note: these are not the data of the run (SHA-256 {model.Dataset.Sha256})");
        Console.WriteLine($"next: {NextCommand.Export(directory)}");
        return ExitCode.Success;
    }

    private static void WriteCertainty(CertaintyFigures figures, TrainedModel model)
    {
        var how = model.Certainty is { } certainty
            ? $"calibrated on {Counted.Of(certainty.Images, "held-out image")}, temperature {certainty.Temperature:F3}"
            : "not calibrated";
        Console.WriteLine(
            $"{how}: calibration error {figures.CalibrationError:P2} ({figures.Bins.Count} bins), Brier score {figures.Brier:F4}");
    }
}
