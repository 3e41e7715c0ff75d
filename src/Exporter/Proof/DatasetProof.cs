using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Proof;

/// <summary>A model's answers on a whole test set.</summary>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Images">Number of test images.</param>
/// <param name="Correct">Images classified correctly.</param>
internal sealed record DatasetProof(string Dataset, int Images, int Correct)
{
    /// <summary>Correct ÷ images, 0..1.</summary>
    public double Accuracy => (double)Correct / Images;

    /// <summary>Accuracy that torch measured in training, 0..1; null where the run did not.</summary>
    public double? TorchAccuracy { get; init; }

    /// <summary>
    /// The file's accuracy is the run's, to within one image in 10,000. Null: nothing to compare with.
    /// </summary>
    public bool? Passed { get; init; }

    /// <summary>
    /// The same with torch's figure and the verdict. Two accuracies are compared, not the answers to each image. Rounding may tip an image whose
    /// two best classes are equal to the last digit, so the numbers of correct images may differ by one in 10,000, and no more.
    /// </summary>
    /// <param name="summary">The figures of a run on this data set; null where it is not finished.</param>
    public DatasetProof Against(RunSummary? summary) => summary is null || summary.TestImages != Images
        ? this
        : this with { TorchAccuracy = summary.TestAccuracy, Passed = Math.Abs(Accuracy - summary.TestAccuracy) <= 1e-4 + 1e-9 };

    /// <summary>Throws where a data set's images or classes are not the model's.</summary>
    public static void RequireFit(ImageDataset dataset, TensorShape input, IReadOnlyList<string> labels)
    {
        if (dataset.Test.Shape != input)
            throw new InvalidDataException($"data set {dataset.Name} has images of {dataset.Test.Shape}, expected the model's {input}");
        if (!dataset.Labels.SequenceEqual(labels))
            throw new InvalidDataException($"data set {dataset.Name} has the classes {string.Join(", ", dataset.Labels)}, expected the model's {string.Join(", ", labels)}");
        if (dataset.Test.Count == 0)
            throw new InvalidDataException($"data set {dataset.Name} has no test images");
    }

    /// <summary>Runs over all images of a set.</summary>
    public static DatasetProof Measure(ModelUnderTest model, string name, ImageSet images, CancellationToken cancellation)
    {
        var probabilities = model.Probabilities(images.Pixels, cancellation);
        var classes = probabilities.Length / images.Count;
        var correct = 0;
        for (var image = 0; image < images.Count; image++)
            if (Comparison.ArgMax(probabilities.AsSpan(image * classes, classes)) == images.Labels[image])
                correct++;
        return new(name, images.Count, correct);
    }

    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Correct} of {Images} test images of {Dataset} correct: {Accuracy:P2}";
}
