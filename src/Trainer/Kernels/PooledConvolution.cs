using LeNetServe.Specs;

namespace LeNetServe.Trainer.Kernels;

/// <summary>A convolution with all that an own kernel computes at once: batch norm if any, ReLU if any, and maximum over 2×2.</summary>
/// <param name="Convolution">The convolution.</param>
/// <param name="Norm">Its batch norm.</param>
/// <param name="Floor">Least value that leaves it: 0 with ReLU, −∞ without.</param>
/// <param name="Layers">Number of the spec's layers that it stands for.</param>
internal sealed record PooledConvolution(ConvolutionSpec Convolution, BatchNormSpec? Norm, float Floor, int Layers)
{
    /// <summary>The one that begins at a layer, or null where the layers are others.</summary>
    public static PooledConvolution? At(IReadOnlyList<LayerShape> trace, int first)
    {
        var at = first;
        if (Next<ConvolutionSpec>() is not { } convolution)
            return null;
        var norm = Next<BatchNormSpec>();
        var rectified = at < trace.Count && trace[at].Layer is ActivationSpec { Function: ActivationFunction.Relu };
        at += rectified ? 1 : 0;
        return Next<PoolingSpec>() is { Kind: PoolingKind.Max, Size: 2 } ? new(convolution, norm, rectified ? 0 : float.NegativeInfinity, at - first) : null;

        TLayer? Next<TLayer>()
            where TLayer : LayerSpec
        {
            var layer = at < trace.Count ? trace[at].Layer as TLayer : null;
            at += layer is null ? 0 : 1;
            return layer;
        }
    }
}
