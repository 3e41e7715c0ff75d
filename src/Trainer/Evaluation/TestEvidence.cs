using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Reports;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Collects the figures and pictures of a run's report.</summary>
internal static class TestEvidence
{
    private const int Sample = 0;

    /// <summary>
    /// Gets the probabilities of the test images, the first convolution's weights, the first image's feature maps, and the gradients of the
    /// worst mistakes.
    /// </summary>
    public static ReportEvidence Collect(
        ParameterStore store, TrainedModel model, ImageSet test, ResidentImages images, SliceThreads threads)
    {
        var evidence = CollectAnswers(store, model, test, images, threads);
        return evidence with { MistakeGradients = Gradients(store, model, images, evidence.Mistakes) };
    }

    private static ReportEvidence CollectAnswers(
        ParameterStore store, TrainedModel model, ImageSet test, ResidentImages images, SliceThreads threads)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var network = new Network(store, model.Normalization);
        var first = model.Spec.Layers.OfType<ConvolutionSpec>().First();
        var probabilities = Probabilities(store, model, images, threads);
        return ReportEvidence.From(
            test, probabilities, Stored(network[$"{first.Name}.weight"]), Sample, FeatureMaps(network, images));
    }

    /// <summary>Gets the gradients of some images, N×H×W: the sums over the channels.</summary>
    private static float[] Gradients(ParameterStore store, TrainedModel model, ResidentImages images, int[] numbers)
    {
        var (channels, height, width) = model.Spec.Input;
        var area = height * width;
        var gradients = InputGradients.Of(store, model, images, numbers);
        var sums = new float[numbers.Length * area];
        for (var index = 0; index < gradients.Length; index++)
            sums[(index / (channels * area) * area) + (index % area)] += gradients[index];
        return sums;
    }

    /// <summary>Gets the model's probabilities of the test images, N×classes.</summary>
    public static float[] Probabilities(ParameterStore store, TrainedModel model, ResidentImages images, SliceThreads threads)
    {
        var classes = model.Spec.Classes;
        var all = new float[images.Count * classes];
        new EvaluationPass(store, model, threads).Run(images, images.All(), batch =>
            TensorMemory.Values(batch.Logits().softmax(1)).CopyTo(all, batch.First * classes));
        return all;
    }

    private static List<(string Layer, StoredTensor Maps)> FeatureMaps(Network network, ResidentImages images)
    {
        var maps = new List<(string, StoredTensor)>();
        var (pixels, _) = images.Batch([Sample]);
        foreach (var (row, values) in network.Trace(pixels))
            if (!row.Output.IsVector && row.Layer is ActivationSpec or PoolingSpec or SubsamplingSpec)
                maps.Add((row.Layer.Name, Stored(values[0])));
        return maps;
    }

    private static StoredTensor Stored(Tensor values) =>
        StoredTensor.From(TensorMemory.Values(values), [.. values.shape.Select(dimension => (int)dimension)]);
}
