using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Reports;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Collects what a run's report shows of its weights.</summary>
internal static class TestEvidence
{
    private const int BatchSize = 250;
    private const int Sample = 0;

    /// <summary>The probabilities of all test images, the first convolution's weights and the feature maps of the first test image.</summary>
    public static ReportEvidence Collect(ParameterStore store, TrainedModel model, ImageSet test, ResidentImages images, SliceThreads threads)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var network = new Network(store, model.Normalization);
        var first = model.Spec.Layers.OfType<ConvolutionSpec>().First();
        return ReportEvidence.From(
            test, Probabilities(store, model, images, threads), Stored(network[$"{first.Name}.weight"]), Sample, FeatureMaps(network, images));
    }

    private static float[] Probabilities(ParameterStore store, TrainedModel model, ResidentImages images, SliceThreads threads)
    {
        using var networks = new ThreadNetworks(store, model.Normalization, threads);
        var classes = model.Spec.Classes;
        var all = new float[images.Count * classes];
        threads.Run((images.Count + BatchSize - 1) / BatchSize, batch =>
        {
            using var off = no_grad();
            using var scope = NewDisposeScope();
            var numbers = Enumerable.Range(batch * BatchSize, Math.Min(BatchSize, images.Count - batch * BatchSize)).ToArray();
            var (pixels, _) = images.Batch(numbers);
            TensorMemory.Values(networks[batch].Forward(pixels, Pass.Evaluation).softmax(1)).CopyTo(all, batch * BatchSize * classes);
        });
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

    private static StoredTensor Stored(Tensor values) => StoredTensor.From(TensorMemory.Values(values), [.. values.shape.Select(dimension => (int)dimension)]);
}
