using LeNetServe.Specs;

namespace LeNetServe.Trainer.Kernels;

/// <summary>A 5×5 convolution with all that a kernel computes at once: batch norm if any, ReLU if any, and the maximum over 2×2.</summary>
/// <param name="Convolution">The convolution.</param>
/// <param name="Norm">Its batch norm.</param>
/// <param name="Floor">Least value that leaves the kernel: 0 with ReLU, −∞ without.</param>
/// <param name="Layers">Number of the network's layers that the kernel replaces.</param>
internal sealed record PooledConvolution(ConvolutionSpec Convolution, BatchNormSpec? Norm, float Floor, int Layers)
{
    /// <summary>
    /// Finds the one that begins at a layer; null if the layers are others. Whole records are compared: a property unknown here keeps
    /// torch's own operations.
    /// </summary>
    public static PooledConvolution? At(IReadOnlyList<LayerShape> trace, int first)
    {
        var at = first;
        if (Next<ConvolutionSpec>() is not { } convolution)
            return null;
        var norm = Next<BatchNormSpec>();
        var activation = Next<ActivationSpec>();
        var pooling = Next<PoolingSpec>();
        var known = convolution == new ConvolutionSpec
        { Name = convolution.Name, Maps = convolution.Maps, Kernel = 5, Bias = norm is null && convolution.Bias }
            && (norm is null || norm == new BatchNormSpec { Name = norm.Name, Epsilon = norm.Epsilon, Momentum = norm.Momentum })
            && (activation is null || activation == new ActivationSpec { Name = activation.Name, Function = ActivationFunction.Relu })
            && pooling == new PoolingSpec { Name = pooling?.Name ?? "", Kind = PoolingKind.Max, Size = 2 };
        return known ? new(convolution, norm, activation is null ? float.NegativeInfinity : 0, at - first) : null;

        TLayer? Next<TLayer>()
            where TLayer : LayerSpec
        {
            var layer = at < trace.Count ? trace[at].Layer as TLayer : null;
            at += layer is null ? 0 : 1;
            return layer;
        }
    }
}
