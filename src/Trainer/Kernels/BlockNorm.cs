using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>Batch norm inside a block: statistics to a factor and a summand per map, and back.</summary>
internal sealed unsafe class BlockNorm
{
    private readonly BatchNormSpec spec;
    private readonly int maps;
    private readonly float* weight;
    private readonly float* bias;
    private readonly float* runningMean;
    private readonly float* runningVariance;
    private readonly float* weightGradient;
    private readonly float* biasGradient;
    private readonly double[] mean;
    private readonly double[] inverse;

    public BlockNorm(BatchNormSpec spec, int maps, NetworkParameters parameters)
    {
        this.spec = spec;
        this.maps = maps;
        weight = parameters.Values($"{spec.Name}.weight");
        weightGradient = parameters.Gradients($"{spec.Name}.weight");
        bias = parameters.Values($"{spec.Name}.bias");
        biasGradient = parameters.Gradients($"{spec.Name}.bias");
        runningMean = parameters.Values($"{spec.Name}.running_mean");
        runningVariance = parameters.Values($"{spec.Name}.running_var");
        mean = new double[maps];
        inverse = new double[maps];
    }

    /// <summary>Factor and summand of each map by the running statistics.</summary>
    public void UseRunning(float* scale, float* shift)
    {
        for (var map = 0; map < maps; map++)
        {
            scale[map] = weight[map] / MathF.Sqrt(runningVariance[map] + (float)spec.Epsilon);
            shift[map] = bias[map] - (runningMean[map] * scale[map]);
        }
    }

    /// <summary>Factor and summand of each map by the batch's statistics, which also enter the running ones.</summary>
    /// <param name="sums">Each map's sum.</param>
    /// <param name="squares">Each map's sum of squares.</param>
    /// <param name="count">Values per map.</param>
    /// <param name="scale">Factors.</param>
    /// <param name="shift">Summands.</param>
    public void UseBatch(double* sums, double* squares, long count, float* scale, float* shift)
    {
        for (var map = 0; map < maps; map++)
        {
            mean[map] = sums[map] / count;
            var variance = Math.Max((squares[map] / count) - (mean[map] * mean[map]), 0);
            inverse[map] = 1 / Math.Sqrt(variance + spec.Epsilon);
            scale[map] = (float)(weight[map] * inverse[map]);
            shift[map] = (float)(bias[map] - (mean[map] * weight[map] * inverse[map]));
            runningMean[map] += (float)(spec.Momentum * (mean[map] - runningMean[map]));
            runningVariance[map] += (float)(spec.Momentum * ((variance * count / (count - 1)) - runningVariance[map]));
        }
    }

    /// <summary>
    /// Adds the gradients of weight and bias, and gives the gradient before the norm as factor·gradient + slope·z + offset.
    /// </summary>
    /// <param name="sums">Each map's sum of the gradients after the norm.</param>
    /// <param name="products">Each map's sum of their products with z.</param>
    /// <param name="count">Values per map.</param>
    /// <param name="coefficients">A factor per map, then slopes, then offsets.</param>
    public void Backward(double* sums, double* products, long count, float* coefficients)
    {
        for (var map = 0; map < maps; map++)
        {
            var normalized = inverse[map] * (products[map] - (mean[map] * sums[map]));
            weightGradient[map] += (float)normalized;
            biasGradient[map] += (float)sums[map];
            var factor = weight[map] * inverse[map];
            var slope = -factor * normalized / count * inverse[map];
            coefficients[map] = (float)factor;
            coefficients[maps + map] = (float)slope;
            coefficients[2 * maps + map] = (float)((-factor * sums[map] / count) - (slope * mean[map]));
        }
    }
}
