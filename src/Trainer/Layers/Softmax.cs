using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Layers;

/// <summary>Passes the logits on: the loss contains the softmax.</summary>
internal sealed class Softmax : TrainedLayer
{
    public Softmax(SoftmaxSpec layer) => _ = layer;

    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters) => (x, _) => x;
}
