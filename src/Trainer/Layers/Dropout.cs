using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Layers;

/// <summary>Dropout. Each pass has a generator of its own, because torch's global one depends on the order of the threads.</summary>
internal sealed class Dropout(DropoutSpec layer) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters) => (x, pass) =>
    {
        if (!pass.Training || layer.Rate == 0)
            return x;
        using var generator = new Generator(pass.Seed, x.device);
        var drawn = rand(x.shape, ScalarType.Float32, x.device, generator: generator);
        return x * drawn.ge(Number.Of(layer.Rate)).to_type(ScalarType.Float32).div_(Number.Of(1 - layer.Rate));
    };
}
