using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Layers;

/// <summary>The paper's subsampling, as an average times the window's area.</summary>
internal sealed class Subsampling(SubsamplingSpec layer, TensorShape input) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters)
    {
        var weight = parameters[$"{layer.Name}.weight"];
        var bias = parameters[$"{layer.Name}.bias"];
        long[] perMap = [1, input.Channels, 1, 1];
        var area = layer.Size * layer.Size;
        return (x, _) =>
            (functional.avg_pool2d(x, layer.Size) * weight.mul(Number.Of(area)).view(perMap)).add(bias.view(perMap), Number.Of(1));
    }

    /// <summary>One coefficient is shared by the window's inputs: their number and the bias are the fan-in, in every network.</summary>
    public override void Initialize(string parameter, InitialBounds bounds, ref SplitMix64 random, Span<float> values) =>
        new InitialBounds(OfPaper: true).Fill(layer.Size * layer.Size + 1, ref random, values);
}
