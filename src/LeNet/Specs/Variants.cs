using System.Text.Json;
using LeNetServe.Files;

namespace LeNetServe.Specs;

/// <summary>The named networks, and networks from a user's file.</summary>
public static class Variants
{
    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["lenet5", "lenet5-bn", "lenet5-silu", "lenet5-sparse", "lenet5-1998"];

    /// <summary>
    /// The S2 maps that feed each of the 16 C3 maps: LeCun et al. 1998, table I. 60 kernels instead of 96.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<int>> C3Table { get; } =
    [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
        [0, 1, 2, 3, 4, 5],
    ];

    /// <summary>The network of that name, or of that JSON file, for images of C×32×32 and a number of classes.</summary>
    /// <param name="nameOrPath">One of <see cref="Names"/>, or a path that ends in <c>.json</c>.</param>
    /// <param name="channels">1 (gray) or 3 (RGB).</param>
    /// <param name="classes">2 or more.</param>
    /// <exception cref="SpecException">No such variant, or its layers do not chain.</exception>
    public static LeNetSpec Create(string nameOrPath, int channels, int classes)
    {
        var spec = new LeNetSpec
        {
            Name = Path.GetFileNameWithoutExtension(nameOrPath),
            Input = new(channels, 32, 32),
            Classes = classes,
            Layers = nameOrPath switch
            {
                "lenet5" => LeNet5(classes),
                "lenet5-bn" => LeNet5BatchNorm(classes),
                "lenet5-silu" => LeNet5Silu(classes),
                "lenet5-sparse" => LeNet5Sparse(classes),
                "lenet5-1998" => LeNet5Of1998(classes),
                _ when nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase) => FromFile(nameOrPath, classes),
                _ => throw new SpecException(
                    $"variant \"{nameOrPath}\" is unknown, expected {string.Join(", ", Names)} or the path of a .json file"),
            },
        };
        try
        {
            _ = spec.Trace();
        }
        catch (SpecException exception) when (!Names.Contains(nameOrPath))
        {
            throw new SpecException($"{nameOrPath}: {exception.Message}");
        }
        return spec;
    }

    private static LayerSpec[] LeNet5(int classes) =>
    [
        new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5 },
        Relu("C1_relu"),
        new PoolingSpec { Name = "S2" },
        new ConvolutionSpec { Name = "C3", Maps = 16, Kernel = 5 },
        Relu("C3_relu"),
        new PoolingSpec { Name = "S4" },
        new ConvolutionSpec { Name = "C5", Maps = 120, Kernel = 5 },
        Relu("C5_relu"),
        new DenseSpec { Name = "F6", Units = 84 },
        Relu("F6_relu"),
        new DenseSpec { Name = "output", Units = classes },
        new SoftmaxSpec { Name = "softmax" },
    ];

    private static LayerSpec[] LeNet5BatchNorm(int classes) =>
    [
        new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C1_bn" },
        Relu("C1_relu"),
        new PoolingSpec { Name = "S2" },
        new ConvolutionSpec { Name = "C3", Maps = 16, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C3_bn" },
        Relu("C3_relu"),
        new PoolingSpec { Name = "S4" },
        new ConvolutionSpec { Name = "C5", Maps = 120, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C5_bn" },
        Relu("C5_relu"),
        new DenseSpec { Name = "F6", Units = 84 },
        Relu("F6_relu"),
        new DenseSpec { Name = "output", Units = classes },
        new SoftmaxSpec { Name = "softmax" },
    ];

    /// <summary>
    /// The maps and units of lenet5 with batch norm on all of them, and SiLU after the pooling, because it is cheapest there.
    /// </summary>
    private static LayerSpec[] LeNet5Silu(int classes) =>
    [
        new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C1_bn" },
        new PoolingSpec { Name = "S2" },
        Silu("S2_silu"),
        new ConvolutionSpec { Name = "C3", Maps = 16, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C3_bn" },
        new PoolingSpec { Name = "S4" },
        Silu("S4_silu"),
        new ConvolutionSpec { Name = "C5", Maps = 120, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C5_bn" },
        Silu("C5_silu"),
        new DenseSpec { Name = "F6", Units = 84, Bias = false },
        new BatchNormSpec { Name = "F6_bn" },
        Silu("F6_silu"),
        new DenseSpec { Name = "output", Units = classes },
        new SoftmaxSpec { Name = "softmax" },
    ];

    private static LayerSpec[] LeNet5Sparse(int classes) =>
    [
        new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5 },
        Tanh("C1_tanh"),
        new PoolingSpec { Name = "S2" },
        new ConvolutionSpec { Name = "C3", Maps = 16, Kernel = 5, InputMaps = C3Table },
        Tanh("C3_tanh"),
        new PoolingSpec { Name = "S4" },
        new ConvolutionSpec { Name = "C5", Maps = 120, Kernel = 5 },
        Tanh("C5_tanh"),
        new DenseSpec { Name = "F6", Units = 84 },
        Tanh("F6_tanh"),
        new DenseSpec { Name = "output", Units = classes },
        new SoftmaxSpec { Name = "softmax" },
    ];

    /// <summary>LeCun et al. 1998, section II-B; the squashing function follows every layer up to F6, subsampling included.</summary>
    private static LayerSpec[] LeNet5Of1998(int classes) =>
    [
        new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5 },
        ScaledTanh("C1_tanh"),
        new SubsamplingSpec { Name = "S2" },
        ScaledTanh("S2_tanh"),
        new ConvolutionSpec { Name = "C3", Maps = 16, Kernel = 5, InputMaps = C3Table },
        ScaledTanh("C3_tanh"),
        new SubsamplingSpec { Name = "S4" },
        ScaledTanh("S4_tanh"),
        new ConvolutionSpec { Name = "C5", Maps = 120, Kernel = 5 },
        ScaledTanh("C5_tanh"),
        new DenseSpec { Name = "F6", Units = 84 },
        ScaledTanh("F6_tanh"),
        new RbfSpec
        {
            Name = "output",
            Centers = classes <= DigitBitmaps.Centers.Count
                ? [.. DigitBitmaps.Centers.Take(classes)]
                : throw new SpecException($"layer output: there are bitmaps for {DigitBitmaps.Centers.Count} classes, found {classes}"),
        },
        new SoftmaxSpec { Name = "softmax" },
    ];

    private static ActivationSpec ScaledTanh(string name) => new() { Name = name, Function = ActivationFunction.ScaledTanh };

    private static ActivationSpec Relu(string name) => new() { Name = name, Function = ActivationFunction.Relu };

    private static ActivationSpec Silu(string name) => new() { Name = name, Function = ActivationFunction.Silu };

    private static ActivationSpec Tanh(string name) => new() { Name = name, Function = ActivationFunction.Tanh };

    private static LayerSpec[] FromFile(string path, int classes)
    {
        VariantFile? file;
        try
        {
            var bytes = RegularFile.ReadAllBytes(path);
            JsonFault.RequireWholeTexts(bytes);
            using var json = JsonDocument.Parse(bytes);
            if (VariantFaults.Of(json.RootElement) is { } fault)
                throw new SpecException($"{path}: {fault}");
            file = json.Deserialize(LeNetJson.Default.VariantFile);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SpecException($"{path}: no such file, expected a variant's layers as JSON{NearestName.HintOfPath(path)}");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new SpecException($"{path}: {JsonFault.MessageOf(exception)}");
        }
        if (file is null || file.Layers.Any(layer => layer is null))
            throw new SpecException($"{path}: found null, expected an object with a list of layers");
        if (!file.Layers.Any(layer => layer is ConvolutionSpec))
            throw new SpecException($"{path}: found no convolution, expected at least one layer of type \"convolution\"");
        var layers = file.Layers.ToArray();
        var last = Array.FindLastIndex(layers, layer => layer is DenseSpec);
        if (last >= 0 && layers[last] is DenseSpec { Units: null } dense)
            layers[last] = dense with { Units = classes };
        return layers;
    }
}
