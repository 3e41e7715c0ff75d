using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Tests.Reports;

/// <summary>Writes run directories as the trainer does, without training.</summary>
internal static class RunFixture
{
    private static readonly Lazy<ImageSet> Strokes = new(() => DatasetCatalog.Open(new() { Name = "strokes" }).Test);

    /// <summary>The class names.</summary>
    public static IReadOnlyList<string> Labels { get; } =
        ["zero", "one", "two", "three", "<four>", "five", "six", "seven", "eight", "nine"];

    /// <summary>Writes config, model, metrics and, if it is finished, the summary.</summary>
    public static RunDirectory Write(
        string root,
        string id,
        IReadOnlyDictionary<string, object> config,
        double accuracy,
        int epochs = 12,
        double secondsPerEpoch = 2,
        bool finished = true,
        int channels = 1,
        int parameters = 61_706,
        bool validation = true,
        string variant = "lenet5")
    {
        var run = new RunDirectory(Path.Combine(root, id));
        Directory.CreateDirectory(run.Path);
        File.WriteAllText(run.Config, JsonSerializer.Serialize(config));
        File.WriteAllText(run.Environment, """{"version":"0.1.0","processor":"a processor","threads":2,"dataset":{"name":"toys"}}""");
        File.WriteAllText(run.Model, JsonSerializer.Serialize(Model(variant, channels), LeNetJson.Default.TrainedModel));
        File.WriteAllLines(run.Metrics, Enumerable.Range(1, epochs).Select(epoch => JsonSerializer.Serialize(new
        {
            epoch,
            train_loss = 1.2 / epoch,
            train_accuracy = accuracy - 0.2 / epoch,
            validation_loss = 1.0 / epoch + 0.03,
            validation_accuracy = accuracy - 0.1 / epoch,
            learning_rate = 0.01 * (1 - (double)epoch / (epochs + 1)),
            seconds = secondsPerEpoch,
            images_per_second = 60000 / secondsPerEpoch,
        })));
        if (finished)
            File.WriteAllText(run.Summary, JsonSerializer.Serialize(new RunSummary
            {
                Run = id,
                TestAccuracy = accuracy,
                TestLoss = 1 - accuracy,
                TestImages = 1000,
                ValidationAccuracy = validation ? accuracy - 0.001 : null,
                Epochs = epochs,
                Seconds = epochs * secondsPerEpoch,
                ImagesPerSecond = 60000 / secondsPerEpoch,
                Parameters = parameters,
            }, LeNetJson.Default.RunSummary));
        return run;
    }

    /// <summary>Answers that are right except for every 17th image, and random maps.</summary>
    public static ReportEvidence Evidence(ImageSet test)
    {
        var random = new Random(5);
        var probabilities = new float[test.Count * 10];
        for (var image = 0; image < test.Count; image++)
        {
            var answer = image % 17 == 3 ? (test.Labels[image] + 1 + random.Next(2)) % 10 : test.Labels[image];
            var sure = 0.5f + random.NextSingle() / 2;
            for (var label = 0; label < 10; label++)
                probabilities[image * 10 + label] = label == answer ? sure : (1 - sure) / 9;
        }
        (string, StoredTensor)[] maps = [("C1", Random(6, 28, 28)), ("S2", Random(6, 14, 14)), ("C3", Random(16, 10, 10))];
        return ReportEvidence.From(test, probabilities, Random(6, test.Shape.Channels, 5, 5), 7, maps);

        StoredTensor Random(params int[] shape)
        {
            var count = shape.Aggregate(1, (product, dimension) => product * dimension);
            return StoredTensor.From([.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)], shape);
        }
    }

    /// <summary>A few test images.</summary>
    public static ImageSet Images(int count = 400)
    {
        var test = Strokes.Value;
        count = Math.Min(count, test.Count);
        return new(test.Shape, test.Pixels[..(count * test.Shape.Count)], test.Labels[..count]);
    }

    private static TrainedModel Model(string variant, int channels) => new()
    {
        Spec = Variants.Create(variant, channels, 10),
        Labels = Labels,
        Imaging = new ImagingSpec { Input = new(channels, 32, 32) },
        Normalization = new([33], [78]),
        Dataset = new("toys", 60000, 1000, new('a', 64)),
    };
}
