using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Models;
using LeNetServe.Naming;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Proof;

/// <summary>A model's answers on a whole test set.</summary>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Images">Number of test images.</param>
/// <param name="Correct">Images classified correctly.</param>
internal sealed record DatasetProof(string Dataset, int Images, int Correct)
{
    /// <summary>Gets correct ÷ images, 0..1.</summary>
    public double Accuracy => (double)Correct / Images;

    /// <summary>Gets the accuracy that torch measured in training, 0..1; null if the run did not measure this set.</summary>
    public double? TorchAccuracy { get; init; }

    /// <summary>Gets whether the file's accuracy is torch's within the tolerance; null if there is nothing to compare with.</summary>
    public bool? Passed { get; init; }

    /// <summary>Gets a line for each picture that was passed over; null if there is none.</summary>
    public IReadOnlyList<string>? Skipped { get; init; }

    /// <summary>Gets the measures of the probabilities; null if the outputs are not probabilities.</summary>
    public CertaintyFigures? Certainty { get; init; }

    /// <summary>Gets the figures of the sets of labels; null without a calibration for this data set.</summary>
    public IReadOnlyList<CoverageProof>? Coverage { get; init; }

    /// <summary>
    /// Adds torch's figure and the verdict. Two accuracies are compared, not the answers to each image. Rounding may tip an image whose
    /// two best classes are equal to the last digit. The tolerance allows for that.
    /// </summary>
    /// <param name="accuracy">Torch's accuracy; null if it is not known.</param>
    /// <param name="images">The test images that torch counted.</param>
    /// <param name="tolerance">Largest difference of the accuracies that passes: by default one image in 10,000.</param>
    public DatasetProof Against(double? accuracy, int? images, double tolerance = 1e-4) => accuracy is null || images != Images
        ? this
        : this with { TorchAccuracy = accuracy, Passed = Math.Abs(Accuracy - accuracy.Value) <= tolerance + 1e-9 };

    /// <summary>Opens a data set for its test images.</summary>
    public static ImageDataset OpenTestSet(DatasetRequest request, CancellationToken cancellation)
    {
        // A set opens with at least one training image.
        return DatasetCatalog.Open(request with { TrainImages = 1 }, cancellation);
    }

    /// <summary>Throws if a data set's images or classes are not the model's.</summary>
    public static void RequireFit(ImageDataset dataset, TensorShape input, IReadOnlyList<string> labels)
    {
        if (dataset.Test.Shape != input)
            throw new InvalidDataException($"data set {dataset.Name} has images of {dataset.Test.Shape}, expected the model's {input}");
        if (!ClassName.AreSame(dataset.Labels, labels))
            throw new InvalidDataException($"data set {dataset.Name} has the classes {string.Join(", ", dataset.Labels)}, "
                + $"expected the model's {string.Join(", ", labels)}");
        if (dataset.Test.Count == 0)
            throw new InvalidDataException($"data set {dataset.Name} has no test images");
    }

    /// <summary>Classifies all test images.</summary>
    public static DatasetProof Measure(
        ModelUnderTest model, ImageDataset dataset, ModelManifest? manifest, CancellationToken cancellation) =>
        Of(dataset, model.Probabilities(dataset.Test.Pixels, cancellation), manifest);

    /// <summary>Measures a model's answers to the test images.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="probabilities">The answers, N×classes.</param>
    /// <param name="manifest">The model's manifest; null for a foreign model.</param>
    public static DatasetProof Of(ImageDataset dataset, float[] probabilities, ModelManifest? manifest)
    {
        var labels = dataset.Test.Labels;
        var certainty = manifest?.Dataset.Name == dataset.Name ? manifest.Certainty : null;
        return new(dataset.Name, labels.Length, CountCorrect(probabilities, labels))
        {
            Certainty = CertaintyFigures.Of(probabilities, labels),
            Coverage = certainty is null ? null : CoverageProof.Of(certainty, probabilities, labels),
        };
    }

    /// <summary>Counts the rows of outputs whose largest value is at the label.</summary>
    public static int CountCorrect(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels)
    {
        var classes = outputs.Length / labels.Length;
        var correct = 0;
        for (var image = 0; image < labels.Length; image++)
            if (TopK.ArgMax(outputs.Slice(image * classes, classes)) == labels[image])
                correct++;
        return correct;
    }

    /// <summary>Returns a line for people.</summary>
    public override string ToString() => $"{Correct} of {Images} test images of {Dataset} correct: {Accuracy:P2}";
}
