using LeNetServe.Datasets;
using LeNetServe.Models;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Records what torch answers to some test images, for whoever loads the model later.</summary>
internal static class GoldenImages
{
    private const int Count = 100;
    private const int BatchSize = 250;

    /// <summary>Test images spread evenly over the set, 100 of them, with torch's logits and probabilities.</summary>
    public static GoldenTensors Of(ParameterStore store, Normalization normalization, ImageSet test) => Of(store, normalization, test, Count);

    /// <summary>All test images, in their order, with torch's logits and probabilities.</summary>
    public static GoldenTensors OfAll(ParameterStore store, Normalization normalization, ImageSet test) => Of(store, normalization, test, test.Count);

    private static GoldenTensors Of(ParameterStore store, Normalization normalization, ImageSet test, int most)
    {
        using var off = no_grad();
        using var network = new Network(store, normalization, kernels: false);
        var count = Math.Min(most, test.Count);
        var pixels = new byte[count * test.Shape.Count];
        for (var image = 0; image < count; image++)
            test.Image((int)((long)image * test.Count / count)).CopyTo(pixels.AsSpan(image * test.Shape.Count));
        var (logits, probabilities) = (new List<float>(), new List<float>());
        for (var first = 0; first < count; first += BatchSize)
        {
            using var scope = NewDisposeScope();
            var batch = Math.Min(BatchSize, count - first);
            var part = pixels[(first * test.Shape.Count)..((first + batch) * test.Shape.Count)];
            var input = tensor(part, [batch, test.Shape.Channels, test.Shape.Height, test.Shape.Width], ScalarType.Byte, store.Trained.device);
            var output = network.Forward(input.to_type(ScalarType.Float32), Pass.Evaluation);
            logits.AddRange(TensorMemory.Values(output));
            probabilities.AddRange(TensorMemory.Values(output.softmax(1)));
        }
        return new(test.Shape, pixels, [.. logits], [.. probabilities]);
    }
}
