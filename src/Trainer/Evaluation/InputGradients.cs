using LeNetServe.Runs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Records torch's gradients of the largest logit by the pixels, which prove the gradients of an exported file.</summary>
internal static class InputGradients
{
    private const int Images = 1000;
    private const int BatchSize = 250;

    /// <summary>Writes the gradients of the first test images, 1,000 at most, as the tensor <c>gradient</c>, N×C×H×W.</summary>
    public static void Write(string path, ParameterStore store, TrainedModel model, ResidentImages images)
    {
        using var network = new Network(store, model.Normalization, kernels: false);
        var values = new List<float>();
        var count = Math.Min(Images, images.Count);
        foreach (var numbers in Enumerable.Range(0, count).Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            var pixels = images.Batch(numbers).Pixels.requires_grad_(true);
            network.Forward(pixels, Pass.Evaluation).max(1).values.sum().div(Number.Of(model.Temperature)).backward();
            values.AddRange(TensorMemory.Values(pixels.grad!));
        }
        var shape = store.Spec.Input;
        SafetensorsFile.Write(path, [("gradient", StoredTensor.From([.. values], [count, shape.Channels, shape.Height, shape.Width]))]);
    }
}
