using System.Globalization;
using LeNetServe.Certainty;
using LeNetServe.Cli.Pages;
using LeNetServe.Files;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Trainer.Reports;

/// <summary>A run's <c>report.html</c>: one file to look at, mail or archive.</summary>
internal static class RunReport
{
    /// <summary>Writes the page of a finished run again, from the files in its directory.</summary>
    /// <exception cref="FileNotFoundException">The run is not finished.</exception>
    /// <exception cref="InvalidDataException">A file of the run is not sound.</exception>
    public static void Write(RunDirectory run) =>
        AtomicFile.WriteText(run.Report, Render(RecordedRun.Read(run.Path), run.ReadModel(), ReportEvidence.Read(run)));

    private static string Render(RecordedRun run, TrainedModel model, ReportEvidence evidence)
    {
        var answers = evidence.Answers();
        var right = evidence.Labels.Zip(answers).Count(pair => pair.First == pair.Second);
        return Page.Render(
            typeof(RunReport).Assembly, "report.html", $"{model.Spec.Name} on {model.Dataset.Name}", Lead(run, right, answers.Length), new
            {
                run.Id,
                model.Labels,
                Parameters = model.Spec.TrainableParameters,
                run.Summary,
                run.Epochs,
                Criterion = OwnCriterion(run, model),
                Certainty = Certainty(evidence, model),
                Confusion = Confusion(evidence.Classes, evidence.Labels, answers),
                Mistakes = evidence.Mistakes.Select((image, index) => new
                {
                    Name = evidence.NameOf(index),
                    Right = evidence.Labels[image],
                    Answer = answers[image],
                    Probability = evidence.Probabilities[image * evidence.Classes + answers[image]],
                    Shape = (int[])[evidence.Shape.Channels, evidence.Shape.Height, evidence.Shape.Width],
                    Picture = evidence.MistakePixels.AsSpan(index * evidence.Shape.Count, evidence.Shape.Count).ToArray(),
                    Heat = Heat(evidence, index),
                }),
                Filters = Filters(evidence.Filters, model),
                Sample = new
                {
                    Name = evidence.Sample,
                    Label = evidence.Labels[evidence.Sample],
                    evidence.Shape.Height,
                    evidence.Shape.Width,
                    Color = evidence.Shape.Channels == 3 ? "rgb" : "gray",
                    Values = evidence.SamplePixels,
                },
                Layers = evidence.FeatureMaps.Select(layer => Layer(layer.Layer, layer.Maps)),
                Settings = UsedSettings.Of(run.Settings, model.Spec),
                Environment = RecordedRun.Flatten(run.Directory.Environment),
            });
    }

    private static object Certainty(ReportEvidence evidence, TrainedModel model)
    {
        var figures = CertaintyFigures.Of(evidence.Probabilities, evidence.Labels);
        return new
        {
            figures.CalibrationError,
            figures.Brier,
            figures.Bins,
            Risk = CertaintyFigures.RiskCoverage(evidence.Probabilities, evidence.Labels)
                .Select(point => new { point.Coverage, point.Risk }),
            Fit = model.Certainty,
        };
    }

    private static string Lead(RecordedRun run, int right, int images)
    {
        var figures = string.Create(
            CultureInfo.InvariantCulture, $"Run {run.Id}: {100.0 * right / images:0.00} % of {images:N0} test images are right.");
        if (run.Summary is null)
            return figures;
        var finished = File.GetLastWriteTimeUtc(run.Directory.Summary);
        return string.Create(CultureInfo.InvariantCulture, $"{figures} Finished on {finished:yyyy-MM-dd} at {finished:HH:mm} UTC.");
    }

    /// <summary>Gets the criterion of training, if it is not the cross-entropy of validation: the two must not share an axis.</summary>
    private static string? OwnCriterion(RecordedRun run, TrainedModel model)
    {
        var smoothing = run.Settings.GetValueOrDefault("label_smoothing");
        var smoothed = double.TryParse(smoothing, CultureInfo.InvariantCulture, out var share) && share > 0;
        var criterion = model.Spec.Layers.Any(layer => layer is RbfSpec) ? "the MAP criterion"
            : smoothed ? "cross-entropy with label smoothing" : null;
        return run.Settings.ContainsKey("teacher") ? $"{criterion ?? "cross-entropy"} and distance to the teachers" : criterion;
    }

    /// <summary>Counts the images by their right class and the class of their answer.</summary>
    public static int[][] Confusion(int classes, int[] labels, int[] answers)
    {
        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        foreach (var (label, answer) in labels.Zip(answers))
            counts[label][answer]++;
        return counts;
    }

    /// <summary>The first convolution's kernels: zero is gray in a filter of three channels and white in one of a single channel.</summary>
    private static object Filters(StoredTensor filters, TrainedModel model)
    {
        var rgb = filters.Shape[1] == 3;
        var size = (rgb ? 3 : 1) * filters.Shape[2] * filters.Shape[3];
        return new
        {
            Layer = model.Spec.Layers.OfType<ConvolutionSpec>().First().Name,
            Height = filters.Shape[2],
            Width = filters.Shape[3],
            Color = rgb ? "rgb" : "signed",
            Maps = Planes(filters, size, filter => Math.Max(filter.Max(Math.Abs), 1e-12f) is var scale ? (-scale, scale) : default),
        };
    }

    private static byte[]? Heat(ReportEvidence evidence, int mistake)
    {
        var area = evidence.Shape.Height * evidence.Shape.Width;
        return evidence.MistakeGradients.Length == 0
            ? null
            : SignedBytes.Of(evidence.MistakeGradients.AsSpan(mistake * area, area).ToArray());
    }

    private static object Layer(string name, StoredTensor maps) => new
    {
        Name = name,
        Height = maps.Shape[1],
        Width = maps.Shape[2],
        Maps = Planes(maps, maps.Shape[1] * maps.Shape[2], map => (map.Min(), map.Max())),
    };

    /// <summary>Each part of a tensor as bytes, 0 at the low end of its range and 255 at the high end.</summary>
    private static IEnumerable<byte[]> Planes(StoredTensor tensor, int size, Func<float[], (float Low, float High)> range) =>
        tensor.ToSingles().Chunk((int)tensor.Count / tensor.Shape[0]).Select(values =>
        {
            var (low, high) = range(values);
            var scale = high > low ? 255 / (high - low) : 0;
            return Array.ConvertAll(values[..size], value => (byte)Math.Round((value - low) * scale));
        });
}
