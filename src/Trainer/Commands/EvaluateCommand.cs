using System.CommandLine;
using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>evaluate</c>: measures a run's weights on its test images.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var run = new Option<string>("--run") { Description = "The run's directory.", Required = true };
        var data = new Option<string?>("--data") { Description = "Directory of the data set's files. Default: where the run found them." };
        var flip = new Option<bool>("--flip-test") { Description = "Measure also the mean of the answers to each image and its mirror image." };
        var answers = new Option<string?>("--answers")
        {
            Description = "Write all test images with torch's logits and probabilities to this .safetensors file, laid out as golden.safetensors.",
        };
        var command = new Command("evaluate", "Measure a run's weights on the test images.") { run, data, flip, answers, ComputeOptions.Device, ComputeOptions.Threads };
        command.SetAction((result, cancellation) => Task.Run(async () =>
        {
            var directory = new RunDirectory(result.GetValue(run)!);
            if (((string[])[directory.Config, directory.Model, directory.Weights]).FirstOrDefault(file => !File.Exists(file)) is { } missing)
                throw new DirectoryNotFoundException(
                    $"{directory.Path} is no run with weights: found no {Path.GetRelativePath(directory.Path, missing)} in it, expected a directory that train made, such as runs/ID");
            var config = ConfigBuilder.Read(directory.Config);
            var model = JsonSerializer.Deserialize(File.ReadAllText(directory.Model), LeNetJson.Default.TrainedModel)!;
            var device = ComputeDevice.Choose(result.GetValue(ComputeOptions.Device)!);
            var directoryOfData = await DatasetDownload.DirectoryAsync(config.Dataset, result.GetValue(data) ?? config.Data, offline: true, cancellation);
            var dataset = DatasetCatalog.Open(
                new() { Name = config.Dataset, Directory = directoryOfData, SkipUnreadable = config.SkipUnreadable }, cancellation);
            using var store = new ParameterStore(model.Spec, device);
            store.Load(directory.Weights);
            using var threads = new SliceThreads(result.GetValue(ComputeOptions.Threads) ?? Environment.ProcessorCount);
            using var images = new ResidentImages(dataset.Test, device);
            var evaluator = new Evaluator(threads);
            int[] all = [.. Enumerable.Range(0, images.Count)];
            var started = TimeProvider.System.GetTimestamp();
            var test = evaluator.Measure(store, model.Normalization, images, all);
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(
                $"{directory.Id}: accuracy {test.Accuracy:P2}, loss {test.Loss:F4}, {test.Images - test.Correct:N0} of {test.Images:N0} wrong, {test.Images / seconds:N0} images/s");
            if (result.GetValue(flip))
                Console.WriteLine($"with flip test-time augmentation: accuracy {evaluator.Measure(store, model.Normalization, images, all, flip: true).Accuracy:P2}");
            if (result.GetValue(answers) is { } file)
                GoldenImages.OfAll(store, model.Normalization, dataset.Test).Write(file);
            if (DatasetIdentity.Of(dataset) != model.Dataset)
                Console.Error.WriteLine($"note: these are not the data of the run (SHA-256 {model.Dataset.Sha256})");
            return (int)ExitCode.Success;
        }, CancellationToken.None));
        return command;
    }
}
