using System.Runtime.InteropServices;
using LeNetServe.Datasets;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Trainer.Networks;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Records what torch answers to some test images, for whoever loads the model later.</summary>
internal static class GoldenImages
{
    private const int Count = 100;

    /// <summary>Test images spread evenly over the set, with torch's logits and probabilities.</summary>
    public static GoldenTensors Of(ParameterStore store, Normalization normalization, ImageSet test)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var network = new Network(store, normalization, kernels: false);
        var count = Math.Min(Count, test.Count);
        var pixels = new byte[count * test.Shape.Count];
        for (var image = 0; image < count; image++)
            test.Image((int)((long)image * test.Count / count)).CopyTo(pixels.AsSpan(image * test.Shape.Count));
        var input = tensor(pixels, [count, test.Shape.Channels, test.Shape.Height, test.Shape.Width], ScalarType.Byte, store.Trained.device);
        var logits = network.Forward(input.to_type(ScalarType.Float32), Pass.Evaluation);
        return new(test.Shape, pixels, Values(logits), Values(logits.softmax(1)));
    }

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.cpu().contiguous().bytes).ToArray();
}
