using LeNetServe.Runs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>
/// Computes torch's gradients of the largest logit by the pixels. They prove the gradients of an exported file, and explain mistakes.
/// </summary>
internal static class InputGradients
{
    private const int Images = 1000;
    private const int BatchSize = 250;

    /// <summary>Writes the gradients of the first test images, 1,000 at most, as the tensor <c>gradient</c>, N×C×H×W.</summary>
    public static void Write(string path, ParameterStore store, TrainedModel model, ResidentImages images)
    {
        var count = Math.Min(Images, images.Count);
        var shape = store.Spec.Input;
        var values = Of(store, model, images, [.. Enumerable.Range(0, count)]);
        SafetensorsFile.Write(path, [("gradient", StoredTensor.From(values, [count, shape.Channels, shape.Height, shape.Width]))]);
    }

    /// <summary>
    /// Gets the gradients of some images, N×C×H×W, computed in float64. On some processors torch's gradient of a convolution by its input
    /// is wrong in float32, where oneDNN computes it.
    /// </summary>
    public static float[] Of(ParameterStore store, TrainedModel model, ResidentImages images, int[] numbers)
    {
        using var network = new Network(store, model.Normalization, kernels: false, ScalarType.Float64);
        var values = new List<float>();
        foreach (var batch in numbers.Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            var pixels = images.Batch(batch).Pixels.to_type(ScalarType.Float64).requires_grad_(true);
            network.Forward(pixels, Pass.Evaluation).max(1).values.sum().div(Number.Of(model.Temperature)).backward();
            values.AddRange(TensorMemory.Values(pixels.grad!.to_type(ScalarType.Float32)));
        }
        return [.. values];
    }
}
