using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests;

/// <summary>Networks to export: the variants, and networks of one's own that reach the layer records the variants do not.</summary>
internal static class TestSpecs
{
    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Variants.Names.Union(
        ["paper", "every-record", "norm-everywhere", "activation-first", "pool-first", "subsample-first", "dense-only", "vector-maps",
            "strided", "activation-last", "padded-first", "padded-mean-first"])];

    public static LeNetSpec Create(string name, int channels = 1) => name switch
    {
        "paper" => Spec(name, channels,
            Conv("C1", 6, 5), Squash("C1_tanh", ActivationFunction.ScaledTanh), new SubsamplingSpec { Name = "S2" },
                Squash("S2_tanh", ActivationFunction.ScaledTanh),
            Conv("C3", 16, 5) with { InputMaps = Variants.C3Table }, Squash("C3_tanh", ActivationFunction.ScaledTanh),
                new SubsamplingSpec { Name = "S4" },
            Squash("S4_tanh", ActivationFunction.ScaledTanh), Conv("C5", 120, 5), Squash("C5_tanh", ActivationFunction.ScaledTanh),
                Dense("F6", 84),
            Squash("F6_tanh", ActivationFunction.ScaledTanh), Rbf("output", 84), new SoftmaxSpec { Name = "softmax" }),
        "every-record" => Spec(name, channels,
            Conv("C1", 4, 3) with { Bias = false }, new BatchNormSpec { Name = "C1_bn" }, Squash("C1_act", ActivationFunction.Tanh),
            new PoolingSpec { Name = "S2", Kind = PoolingKind.Average, Size = 3 }, new DropoutSpec { Name = "drop", Rate = 0.5 },
                new SubsamplingSpec { Name = "S4", Size = 5 },
            Squash("S4_act", ActivationFunction.ScaledTanh), Dense("F6", 30) with { Bias = false }, new BatchNormSpec { Name = "F6_bn" },
                Squash("F6_act", ActivationFunction.Relu),
            new DropoutSpec { Name = "drop2", Rate = 0.1 }, Dense("logits", 10), new SoftmaxSpec { Name = "probabilities" }),
        "norm-everywhere" => Spec(name, channels,
            Conv("C1", 6, 5), new BatchNormSpec { Name = "C1_bn" }, Relu("C1_relu"), new PoolingSpec { Name = "S2" }, Conv("C3", 16, 5),
                new BatchNormSpec { Name = "C3_bn" }, Relu("C3_relu"),
            new PoolingSpec { Name = "S4" }, Conv("C5", 120, 5), new BatchNormSpec { Name = "C5_bn" }, Relu("C5_relu"), Dense("F6", 84),
                new BatchNormSpec { Name = "F6_bn" }, Relu("F6_relu"),
            Dense("output", 10), new BatchNormSpec { Name = "output_bn", Epsilon = 1e-3 }, new SoftmaxSpec { Name = "softmax" }),
        "activation-first" => Spec(name, channels,
            Squash("input_tanh", ActivationFunction.Tanh), Conv("C1", 3, 9), Relu("pixels"), new PoolingSpec { Name = "S2", Size = 8 },
                Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        "pool-first" => Spec(name, channels,
            new PoolingSpec { Name = "S0" }, new DropoutSpec { Name = "drop", Rate = 0 },
                new PoolingSpec { Name = "S1", Kind = PoolingKind.Average, Size = 1 }, Conv("C1", 5, 5),
            Relu("relu"), Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        "subsample-first" => Spec(name, channels, new SubsamplingSpec { Name = "S0", Size = 4 },
            Squash("act", ActivationFunction.ScaledTanh), Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        "dense-only" => Spec(name, channels, Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        // A vector that goes on as maps of one pixel.
        "vector-maps" => Spec(name, channels,
            Conv("C1", 4, 32), Relu("relu"), Conv("C2", 8, 1), new SubsamplingSpec { Name = "S2", Size = 1 },
                new PoolingSpec { Name = "S3", Size = 1 }, Conv("C3", 10, 1), new SoftmaxSpec { Name = "softmax" }),
        // Odd sizes, overlapping windows, and pixels that the last window leaves out.
        "strided" => Spec(name, channels,
            new PoolingSpec { Name = "S0", Size = 3, Stride = 1, Padding = 1 }, Conv("C1", 6, 5) with { Stride = 2, Bias = false },
            new BatchNormSpec { Name = "C1_bn" }, Relu("C1_relu"), new PoolingSpec { Name = "S2", Size = 3, Stride = 2 },
            Conv("C3", 8, 3) with { Stride = 2, Padding = 2 }, Squash("C3_silu", ActivationFunction.Silu),
            new PoolingSpec { Name = "S4", Kind = PoolingKind.Average, Stride = 3, Padding = 1 }, Conv("C5", 12, 2), Relu("C5_relu"),
            Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        // The temperature of a calibration cannot fold into its last layer.
        "activation-last" => Spec(name, channels,
            new PoolingSpec { Name = "S0", Size = 4 }, Dense("F6", 10), Squash("output", ActivationFunction.ScaledTanh),
            new SoftmaxSpec { Name = "softmax" }),
        "padded-first" => Spec(name, channels,
            Conv("C1", 6, 5) with { Padding = 2 }, Relu("C1_relu"), new PoolingSpec { Name = "S2", Size = 3, Stride = 2, Padding = 1 },
            Conv("C3", 16, 16), Relu("C3_relu"), Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        "padded-mean-first" => Spec(name, channels,
            new PoolingSpec { Name = "S0", Kind = PoolingKind.Average, Padding = 1 }, Conv("C1", 6, 5), Relu("C1_relu"),
            Dense("output", 10), new SoftmaxSpec { Name = "softmax" }),
        _ => Variants.Create(name, channels, 10),
    };

    private static LeNetSpec Spec(string name, int channels, params LayerSpec[] layers) =>
        new() { Name = name, Input = new(channels, 32, 32), Classes = 10, Layers = layers };

    private static ConvolutionSpec Conv(string name, int maps, int kernel) => new() { Name = name, Maps = maps, Kernel = kernel };

    private static DenseSpec Dense(string name, int units) => new() { Name = name, Units = units };

    private static ActivationSpec Relu(string name) => Squash(name, ActivationFunction.Relu);

    private static ActivationSpec Squash(string name, ActivationFunction function) => new() { Name = name, Function = function };

    private static RbfSpec Rbf(string name, int inputs)
    {
        var random = new Random(84);
        return new()
        {
            Name = name,
            Centers = [.. Enumerable.Range(0, 10)
            .Select(_ => (IReadOnlyList<sbyte>)[.. Enumerable.Range(0, inputs).Select(_ => (sbyte)(random.Next(2) * 2 - 1))])]
        };
    }
}
