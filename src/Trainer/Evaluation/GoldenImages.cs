using LeNetServe.Datasets;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Records torch's answers to test images, which prove every later copy of the model.</summary>
internal static class GoldenImages
{
    /// <summary>Gets test images spread evenly over the set with torch's logits and probabilities.</summary>
    /// <param name="store">The weights.</param>
    /// <param name="model">The normalization that the network expects, and the temperature of its calibration.</param>
    /// <param name="test">The test images.</param>
    /// <param name="images">The same images on the device.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="most">Number of images to record, if the set has so many; all of them in their order if it has not.</param>
    public static GoldenTensors Of(
        ParameterStore store, TrainedModel model, ImageSet test, ResidentImages images, SliceThreads threads, int most = 100)
    {
        var count = Math.Min(most, test.Count);
        var numbers = Enumerable.Range(0, count).Select(image => (int)((long)image * test.Count / count)).ToArray();
        byte[] pixels = [.. numbers.SelectMany(number => test.Image(number).ToArray())];
        var classes = store.Spec.Classes;
        var logits = new float[count * classes];
        var probabilities = new float[count * classes];
        new EvaluationPass(store, model, threads) { Kernels = false }.Run(images, numbers, batch =>
        {
            var output = batch.Logits();
            TensorMemory.Values(output).CopyTo(logits, batch.First * classes);
            TensorMemory.Values(output.softmax(1)).CopyTo(probabilities, batch.First * classes);
        });
        return new(test.Shape, pixels, logits, probabilities);
    }
}
