using System.Text.Json;
using LeNetServe.Certainty;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Proof;
using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Exporter.Tests;

/// <summary>
/// Run directories as the Trainer writes them, with random weights and golden tensors computed in double precision.
/// </summary>
internal static class TestRuns
{
    /// <summary>Writes a run and returns its directory.</summary>
    public static RunDirectory Create(
        string parent, LeNetSpec spec, int seed = 1, int images = 16, bool finished = true, string dataset = "noise",
        double temperature = 1, NoveltyRule? novelty = null)
    {
        var run = new RunDirectory(Path.Combine(parent, $"{spec.Name}-{spec.Input.Channels}-{seed}"));
        Directory.CreateDirectory(run.Checkpoint);
        var random = new Random(seed);
        var trained = new TrainedModel
        {
            Spec = spec,
            Labels = Labels(dataset, spec.Classes),
            Imaging = new() { Input = spec.Input, Geometry = spec.Input.Channels == 1 ? Geometry.Digit : Geometry.Fit },
            Normalization = new([.. Enumerable.Range(0, spec.Input.Channels).Select(index => 25.8 + 40 * index)],
                [.. Enumerable.Range(0, spec.Input.Channels).Select(index => 70.3 + index)]),
            Dataset = new(dataset, 100, 10, new string('0', 64)),
            Certainty = temperature == 1
                ? null
                : new()
                {
                    Images = 100,
                    Temperature = temperature,
                    ErrorBefore = 0.1,
                    ErrorAfter = 0.01,
                    LossBefore = 0.5,
                    LossAfter = 0.4,
                    Novelty = novelty,
                },
        };
        File.WriteAllText(run.Model, JsonSerializer.Serialize(trained, LeNetJson.Default.TrainedModel));
        SafetensorsFile.Write(run.Weights, [.. spec.Trace().SelectMany(
            row => row.Parameters.Select(parameter => ($"{row.Layer.Name}.{parameter.Name}", Values(row, parameter, random))))]);
        WriteGolden(run, trained, random, images);
        if (finished)
        {
            File.WriteAllText(run.Summary, JsonSerializer.Serialize(
                new RunSummary
                {
                    Run = run.Id,
                    TestAccuracy = 0.5,
                    TestLoss = 1,
                    TestImages = 10,
                    Epochs = 1,
                    Seconds = 1,
                    ImagesPerSecond = 1,
                    Parameters = spec.TrainableParameters
                },
                LeNetJson.Default.RunSummary));
            RunChecksums.Write(run);
        }
        return run;
    }

    /// <summary>Random weights of one layer.</summary>
    public static TrainedWeights Weights(string path, LayerShape row)
    {
        var random = new Random(1);
        var tensors = row.Parameters.Select(parameter => ($"{row.Layer.Name}.{parameter.Name}", Values(row, parameter, random)));
        SafetensorsFile.Write(path, [.. tensors]);
        return TrainedWeights.Read(path, [row]);
    }

    private static IReadOnlyList<string> Labels(string dataset, int classes) => dataset switch
    {
        "cifar10" => ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        _ => [.. Enumerable.Range(0, classes).Select(index => dataset is "strokes" or "mnist" ? $"{index}" : $"class {index}")],
    };

    /// <summary>Pictures with large bright shapes, so that no layer sees noise alone.</summary>
    public static byte[] Images(TensorShape shape, int count, Random random)
    {
        var pixels = new byte[count * shape.Count];
        for (var plane = 0; plane < count * shape.Channels; plane++)
        {
            var (x, y, side, ink) = (random.Next(4, 20), random.Next(4, 20), random.Next(3, 12), random.Next(100, 256));
            for (var pixel = 0; pixel < shape.Height * shape.Width; pixel++)
            {
                var inside = pixel % shape.Width - x is >= 0 and var dx && dx < side && pixel / shape.Width - y is >= 0 and var dy
                    && dy < side;
                pixels[plane * shape.Height * shape.Width + pixel] = (byte)(inside ? ink : random.Next(30));
            }
        }
        return pixels;
    }

    private static void WriteGolden(RunDirectory run, TrainedModel trained, Random random, int images)
    {
        var spec = trained.Spec;
        var pixels = Images(spec.Input, images, random);
        var reference = new ReferenceNetwork(spec, TrainedWeights.Read(run.Weights, spec), trained.Normalization, trained.Temperature);
        var values = Enumerable.Range(0, images).Select(image => reference.Run(pixels.AsSpan(image * spec.Input.Count, spec.Input.Count)))
            .ToList();
        var logits = values.SelectMany(layers => layers[^2]).Select(value => (float)value).ToArray();
        var probabilities = values.SelectMany(layers => layers[^1]).Select(value => (float)value).ToArray();
        new GoldenTensors(spec.Input, pixels, logits, probabilities).Write(run.Golden);
    }

    private static StoredTensor Values(LayerShape row, ParameterSpec parameter, Random random)
    {
        // Scaled by the inputs of a unit, so that values keep their size from layer to layer.
        var inputs = parameter.Shape.Count > 1 ? parameter.Count / parameter.Shape[0] : 1;
        double Next(double low, double high) => low + random.NextDouble() * (high - low);
        var values = new float[parameter.Count];
        for (var index = 0; index < values.Length; index++)
            values[index] = (float)((row.Layer, parameter.Name) switch
            {
                (RbfSpec rbf, _) => rbf.Centers.SelectMany(center => center).ElementAt(index),
                (BatchNormSpec, "running_var" or "weight") => Next(0.5, 1.5),
                (SubsamplingSpec, "weight") => Next(0.1, 0.4),
                (_, "weight") => Next(-1, 1) * Math.Sqrt(6.0 / inputs),
                _ => Next(-0.2, 0.2),
            });
        if (row.Layer is ConvolutionSpec { InputMaps: { } table } convolution)
            for (var index = 0; index < values.Length; index++)
                if (!table[index / (inputs)].Contains(index / (convolution.Kernel * convolution.Kernel) % row.Input.Channels))
                    values[index] = 0;
        return StoredTensor.From(values, [.. parameter.Shape]);
    }
}
