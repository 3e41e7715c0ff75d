using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Networks;

/// <summary>Initial values, drawn by the seed.</summary>
internal static class Initialization
{
    /// <summary>Fills a store.</summary>
    public static void Fill(ParameterStore store, int seed)
    {
        var index = 0;
        var paper = store.Spec.Layers.OfType<RbfSpec>().Any();
        foreach (var row in store.Spec.Trace())
            foreach (var parameter in row.Parameters)
            {
                using var scope = NewDisposeScope();
                var random = SplitMix64.For(seed, RandomStreams.Initialization, index++);
                var values = new float[parameter.Count];
                Draw(row, parameter, paper, ref random, values);
                store.View(store[$"{row.Layer.Name}.{parameter.Name}"]).copy_(tensor(values, [.. parameter.Shape.Select(size => (long)size)]));
            }
    }

    private static void Draw(LayerShape row, ParameterSpec parameter, bool paper, ref SplitMix64 random, Span<float> values)
    {
        switch (row.Layer, parameter.Name)
        {
            case (BatchNormSpec, "weight" or "running_var"):
                values.Fill(1);
                break;
            case (BatchNormSpec, _):
                break;
            case (SubsamplingSpec subsampling, _):
                // Four inputs share one coefficient: fan-in 4 and the bias.
                Uniform(2.4f / (subsampling.Size * subsampling.Size + 1), ref random, values);
                break;
            case (RbfSpec rbf, _):
                for (var value = 0; value < values.Length; value++)
                    values[value] = rbf.Centers[value / row.Input.Count][value % row.Input.Count];
                break;
            case (ConvolutionSpec { InputMaps: { } maps } convolution, "weight"):
                var kernel = convolution.Kernel * convolution.Kernel;
                for (var map = 0; map < maps.Count; map++)
                    foreach (var source in maps[map])
                        Uniform(Bound(maps[map].Count * kernel, paper), ref random, values.Slice((map * row.Input.Channels + source) * kernel, kernel));
                break;
            case (ConvolutionSpec convolution, _):
                Uniform(Bound(row.Input.Channels * convolution.Kernel * convolution.Kernel, paper), ref random, values);
                break;
            case (DenseSpec, _):
                Uniform(Bound(row.Input.Count, paper), ref random, values);
                break;
            default:
                throw new SpecException($"layer {row.Layer.Name}: no initial values are known for {parameter.Name}");
        }
    }

    /// <summary>The paper's ±2.4/fan-in (LeCun et al. 1998, appendix A), or torch's own default ±1/√fan-in.</summary>
    private static float Bound(int fanIn, bool paper) => paper ? 2.4f / fanIn : 1 / MathF.Sqrt(fanIn);

    private static void Uniform(float bound, ref SplitMix64 random, Span<float> values)
    {
        foreach (ref var value in values)
            value = random.Uniform(-bound, bound);
    }
}
