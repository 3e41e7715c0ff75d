using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Layers;

/// <summary>Pooling by maximum or mean.</summary>
internal sealed class Pooling(PoolingSpec layer) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters) => layer.Kind == PoolingKind.Max
        ? (x, _) => functional.max_pool2d(x, layer.Size, layer.Step, layer.Padding)
        : (x, _) => functional.avg_pool2d(x, layer.Size, layer.Step, layer.Padding);
}
