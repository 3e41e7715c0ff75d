using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>A batch of images and the network to run on it.</summary>
/// <param name="Network">The network of the thread that works on the batch.</param>
/// <param name="Number">Number of the batch, from 0.</param>
/// <param name="First">Index of the batch's first image among all images of the pass.</param>
/// <param name="Pixels">B×C×H×W, uint8.</param>
/// <param name="Labels">B, int64.</param>
/// <param name="Temperature">The number by which the logits are divided.</param>
internal sealed record EvaluationBatch(Network Network, int Number, int First, Tensor Pixels, Tensor Labels, double Temperature)
{
    /// <summary>Gets the logits of the images, B×classes.</summary>
    public Tensor Logits() => Calibrated(Pixels);

    /// <summary>Gets the logits of the mirror images, B×classes.</summary>
    public Tensor MirrorLogits() => Calibrated(Pixels.flip(3));

    private Tensor Calibrated(Tensor pixels)
    {
        var logits = Network.Forward(pixels, Pass.Evaluation);
        return Temperature == 1 ? logits : logits.div(Computing.Number.Of(Temperature));
    }
}
