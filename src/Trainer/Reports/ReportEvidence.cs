using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Trainer.Reports;

/// <summary>
/// The part of a run's report beyond its figures: answers on the test images, the worst mistakes, C1's filters, one image's feature maps.
/// It stays in the run directory, so that the page can be written again without the data set and without torch.
/// </summary>
internal sealed record ReportEvidence
{
    private const int MostMistakes = 32;
    private const string GradientsKey = "mistake_gradients";
    private const string NamesKey = "mistake_names";
    private const string MapsPrefix = "maps.";

    /// <summary>The right class of each test image.</summary>
    public required int[] Labels { get; init; }

    /// <summary>The model's probabilities, N×classes.</summary>
    public required float[] Probabilities { get; init; }

    public int Classes => Probabilities.Length / Labels.Length;

    /// <summary>Shape of one image, C×H×W.</summary>
    public required TensorShape Shape { get; init; }

    /// <summary>Numbers of the test images that were classified wrongly with the highest probabilities, worst first.</summary>
    public required int[] Mistakes { get; init; }

    /// <summary>Their raw pixels, one image after another.</summary>
    public required byte[] MistakePixels { get; init; }

    /// <summary>The gradients of their answers' logits, N×H×W; empty in runs of earlier versions.</summary>
    public float[] MistakeGradients { get; init; } = [];

    /// <summary>Their files' names; null if the data set does not consist of files.</summary>
    public IReadOnlyList<string>? MistakeNames { get; init; }

    /// <summary>Gets the name of a mistake's image, by its place in <see cref="Mistakes"/>.</summary>
    public string NameOf(int mistake) => MistakeNames?[mistake] ?? $"image {Mistakes[mistake]}";

    /// <summary>Number of the test image whose feature maps are shown.</summary>
    public required int Sample { get; init; }

    /// <summary>Its raw pixels.</summary>
    public required byte[] SamplePixels { get; init; }

    /// <summary>The first convolution's weights, maps×C×height×width.</summary>
    public required StoredTensor Filters { get; init; }

    /// <summary>Outputs of the layers that keep an image's plane, C×H×W each, in the network's order.</summary>
    public required IReadOnlyList<(string Layer, StoredTensor Maps)> FeatureMaps { get; init; }

    /// <summary>The class that the model gives to each test image.</summary>
    public int[] Answers() =>
        [.. Enumerable.Range(0, Labels.Length).Select(image => Answer(Probabilities.AsSpan(image * Classes, Classes)))];

    /// <summary>Picks the images for the report from the test set.</summary>
    /// <param name="test">The test images.</param>
    /// <param name="probabilities">The model's probabilities for all of them, N×classes.</param>
    /// <param name="filters">The first convolution's weights, maps×C×height×width.</param>
    /// <param name="sample">Number of the test image whose feature maps are given.</param>
    /// <param name="featureMaps">The feature maps of that image, C×H×W each, by layer.</param>
    public static ReportEvidence From(
        ImageSet test,
        float[] probabilities,
        StoredTensor filters,
        int sample,
        IReadOnlyList<(string Layer, StoredTensor Maps)> featureMaps)
    {
        var classes = probabilities.Length / test.Count;
        var mistakes = Enumerable.Range(0, test.Count)
            .Select(image => (Image: image, Answer: Answer(probabilities.AsSpan(image * classes, classes))))
            .Where(pair => pair.Answer != test.Labels[pair.Image])
            .OrderByDescending(pair => probabilities[pair.Image * classes + pair.Answer])
            .Take(MostMistakes)
            .Select(pair => pair.Image)
            .ToArray();
        return new()
        {
            Labels = test.Labels,
            Probabilities = probabilities,
            Shape = test.Shape,
            Mistakes = mistakes,
            MistakePixels = [.. mistakes.SelectMany(image => test.Image(image).ToArray())],
            MistakeNames = test.Files is { } names ? [.. mistakes.Select(image => names[image])] : null,
            Sample = sample,
            SamplePixels = test.Image(sample).ToArray(),
            Filters = filters,
            FeatureMaps = featureMaps,
        };
    }

    /// <summary>Keeps it in the run directory.</summary>
    public void Write(RunDirectory run) => SafetensorsFile.Write(PathIn(run),
    [
        ("labels", new(TensorType.I64, [Labels.Length], Bytes(Labels))),
        ("probabilities", StoredTensor.From(Probabilities, Labels.Length, Classes)),
        ("mistakes", new(TensorType.I64, [Mistakes.Length], Bytes(Mistakes))),
        ("mistake_pixels", new(TensorType.U8, [Mistakes.Length, Shape.Channels, Shape.Height, Shape.Width], MistakePixels)),
        .. StoredGradients(),
        ("sample", new(TensorType.I64, [1], Bytes([Sample]))),
        ("sample_pixels", new(TensorType.U8, [Shape.Channels, Shape.Height, Shape.Width], SamplePixels)),
        ("filters", Filters),
        .. MistakeNames is null ? [] : Text(NamesKey, MistakeNames),
        .. FeatureMaps.Select(layer => (MapsPrefix + layer.Layer, layer.Maps)),
    ]);

    /// <summary>Reads it from a run directory.</summary>
    /// <exception cref="FileNotFoundException">The run has none yet.</exception>
    /// <exception cref="InvalidDataException">The file is not sound.</exception>
    public static ReportEvidence Read(RunDirectory run)
    {
        var path = PathIn(run);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{run.Path} has no {Path.GetFileName(path)} yet: it is written when the run is finished");
        var file = SafetensorsFile.Read(path);
        var sample = file["sample_pixels"];
        if (sample.Shape.Length != 3 || file["labels"].Count < 1 || file["probabilities"].Count % file["labels"].Count != 0)
        {
            throw new InvalidDataException(
                $"{path}: sample_pixels is {sample} and probabilities {file["probabilities"]}, "
                + $"expected C×H×W and {file["labels"].Count}×classes");
        }
        return new()
        {
            Labels = Integers(file["labels"]),
            Probabilities = file["probabilities"].ToSingles(),
            Shape = new(sample.Shape[0], sample.Shape[1], sample.Shape[2]),
            Mistakes = Integers(file["mistakes"]),
            MistakePixels = file["mistake_pixels"].Data.ToArray(),
            MistakeGradients = file.Names.Contains(GradientsKey) ? file[GradientsKey].ToSingles() : [],
            MistakeNames = file.Names.Contains(NamesKey) ? Encoding.UTF8.GetString(file[NamesKey].Data.Span).Split('\0')[..^1] : null,
            Sample = Integers(file["sample"])[0],
            SamplePixels = sample.Data.ToArray(),
            Filters = file["filters"],
            FeatureMaps =
            [
                .. file.Names.Where(name => name.StartsWith(MapsPrefix, StringComparison.Ordinal))
                    .Select(name => (name[MapsPrefix.Length..], file[name])),
            ],
        };
    }

    private (string, StoredTensor)[] StoredGradients() => MistakeGradients.Length == 0
        ? []
        : [(GradientsKey, StoredTensor.From(MistakeGradients, Mistakes.Length, Shape.Height, Shape.Width))];

    private static string PathIn(RunDirectory run) => Path.Combine(run.Path, "report.safetensors");

    private static int Answer(ReadOnlySpan<float> probabilities) => probabilities.IndexOf(TensorPrimitives.Max(probabilities));

    /// <summary>Texts as one tensor of bytes, each with a zero byte at its end.</summary>
    private static (string, StoredTensor)[] Text(string name, IEnumerable<string> texts)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + '\0')));
        return [(name, new(TensorType.U8, [bytes.Length], bytes))];
    }

    private static byte[] Bytes(int[] values) => [.. values.SelectMany(value => BitConverter.GetBytes((long)value))];

    private static int[] Integers(StoredTensor tensor) =>
        [.. MemoryMarshal.Cast<byte, long>(tensor.Data.Span).ToArray().Select(value => (int)value)];
}
