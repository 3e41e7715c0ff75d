using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// A 5×5 convolution, its batch norm and ReLU if any, and 2×2 maxima in one. Derived classes compute an image in their layout of vectors.
/// Values before the norm are called z. A winner is a maximum's place in its window.
/// </summary>
internal abstract unsafe class ConvolutionBlock : IDisposable
{
    protected const int Taps = 25;
    private readonly List<AlignedMemory<float>> owned = [];
    private readonly int group;
    private readonly int inputSize;
    private readonly int area;
    private readonly float* weight;
    private readonly float* bias;
    private readonly float* weightGradient;
    private readonly float floor;
    private readonly BlockNorm? norm;
    private readonly AlignedMemory<float> packed;
    private readonly AlignedMemory<float> packedBias;
    private readonly AlignedMemory<float> scale;
    private readonly AlignedMemory<float> shift;
    private readonly AlignedMemory<float> sums;
    private AlignedMemory<float> z = new(0);
    private AlignedMemory<byte> winner = new(0);

    /// <param name="block">The layers.</param>
    /// <param name="input">Shape of an image.</param>
    /// <param name="group">Maps that are computed together.</param>
    /// <param name="parts">Sums of a weight's gradient if every value has a gradient; at least 2.</param>
    /// <param name="parameters">The network's values.</param>
    protected ConvolutionBlock(PooledConvolution block, TensorShape input, int group, int parts, NetworkParameters parameters)
    {
        var (convolution, name) = (block.Convolution, block.Convolution.Name);
        this.group = group;
        Channels = input.Channels;
        Maps = convolution.Maps;
        PaddedMaps = (Maps + group - 1) / group * group;
        inputSize = input.Count;
        area = (input.Height - 4) * (input.Width - 4);
        floor = block.Floor;
        weight = parameters.Values($"{name}.weight");
        weightGradient = parameters.Gradients($"{name}.weight");
        bias = convolution.Bias ? parameters.Values($"{name}.bias") : null;
        BiasGradient = convolution.Bias ? parameters.Gradients($"{name}.bias") : null;
        norm = block.Norm is null ? null : new(block.Norm, Maps, parameters);
        packed = Own(PaddedMaps * Channels * Taps);
        packedBias = Own(PaddedMaps);
        scale = Own(PaddedMaps);
        shift = Own(PaddedMaps);
        sums = Own(PaddedMaps * Channels * Taps * parts);
        new Span<float>(scale.Pointer, PaddedMaps).Fill(1);
    }

    /// <summary>Values per image that leave the block.</summary>
    public int OutputSize => Maps * area / 4;

    protected int Channels { get; }

    protected int Maps { get; }

    /// <summary>Maps of whole groups.</summary>
    protected int PaddedMaps { get; }

    protected float* BiasGradient { get; }

    /// <param name="x">Images, count × channels × height × width.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="output">Maps, count × maps × pooled height × pooled width, and two values beyond.</param>
    /// <param name="training">Use the batch's statistics and keep values for <see cref="Backward"/>.</param>
    public void Forward(float* x, int count, float* output, bool training)
    {
        Pack();
        var keep = training && norm is not null;
        AlignedMemory<float>.Reserve(ref z, (keep ? (long)count : 1) * PaddedMaps * area);
        AlignedMemory<byte>.Reserve(ref winner, (long)count * OutputSize);
        if (!training)
            norm?.UseRunning(scale.Pointer, shift.Pointer);
        var part = stackalloc float[2 * Maps];
        var totals = stackalloc double[2 * Maps];
        for (var image = 0; image < count; image++)
        {
            var values = keep ? Z(image) : z.Pointer;
            Convolve(x + ((long)image * inputSize), packed.Pointer, packedBias.Pointer, values);
            if (!keep)
            {
                Pool(values, image, output);
                continue;
            }
            Sum(values, part, part + Maps);
            Add(part, totals);
        }
        if (!keep)
            return;
        norm!.UseBatch(totals, totals + Maps, (long)count * area, scale.Pointer, shift.Pointer);
        for (var image = 0; image < count; image++)
            Pool(Z(image), image, output);
    }

    /// <summary>Adds the parameters' gradients, and gives the input's unless the block is the first.</summary>
    /// <param name="x">The input of the forward pass.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="gradient">Gradient of the output, and two values beyond; may be overwritten.</param>
    /// <param name="xGradient">Gradient of the input, and two values beyond.</param>
    public void Backward(float* x, int count, float* gradient, float* xGradient = null)
    {
        PackKernels(weight);
        new Span<float>(sums.Pointer, (int)sums.Count).Clear();
        if (norm is null)
            SparseBackward(x, count, gradient, xGradient);
        else
            DenseBackward(x, count, gradient, xGradient);
    }

    public void Dispose()
    {
        foreach (var memory in (IDisposable[])[.. owned, z, winner])
            memory.Dispose();
    }

    protected AlignedMemory<float> Own(long count)
    {
        owned.Add(new(count));
        return owned[^1];
    }

    protected virtual void PackKernels(float* weights)
    {
    }

    /// <summary>z of an image, of weights by groups: channels × 5 × 5 × maps.</summary>
    protected abstract void Convolve(float* x, float* weights, float* summands, float* values);

    /// <summary>Each map's sum and sum of squares of z.</summary>
    protected abstract void Sum(float* values, float* sum, float* squares);

    /// <summary>Scale, shift, floor and maxima of z.</summary>
    protected abstract void Pool(float* values, float* factors, float* summands, float least, float* output, byte* winners);

    /// <summary>Each map's sum of the gradients, and of their products with z. May sort the gradient.</summary>
    protected abstract void SumGradient(float* gradient, byte* winners, float* values, float* sum, float* products);

    /// <summary>Adds an image's gradients if only the maxima have one; the weights' to maps × channels × 5 × 8 sums.</summary>
    protected abstract void AddSparse(float* x, float* gradient, byte* winners, float* partial, float* xGradient);

    /// <summary>Adds an image's gradients if every z has one: factor·(gradient at the maxima) + slope·z + offset.</summary>
    protected abstract void AddDense(
        float* x, float* gradient, byte* winners, float* values, float* coefficients, float* partial, float* xGradient);

    /// <summary>Adds the sums of <see cref="AddDense"/> to the weights' gradient.</summary>
    protected abstract void Collect(float* partial, float* gradient);

    private void SparseBackward(float* x, int count, float* gradient, float* xGradient)
    {
        for (var image = 0; image < count; image++)
            AddSparse(
                x + ((long)image * inputSize), gradient + ((long)image * OutputSize), Winners(image), sums.Pointer,
                xGradient + ((long)image * inputSize));
        for (var kernel = 0; kernel < Maps * Channels; kernel++)
            for (var tap = 0; tap < Taps; tap++)
                weightGradient[kernel * Taps + tap] += sums.Pointer[kernel * 40 + tap / 5 * 8 + tap % 5];
    }

    private void DenseBackward(float* x, int count, float* gradient, float* xGradient)
    {
        var part = stackalloc float[2 * Maps];
        var totals = stackalloc double[2 * Maps];
        var coefficients = stackalloc float[3 * Maps];
        for (var image = 0; image < count; image++)
        {
            SumGradient(gradient + ((long)image * OutputSize), Winners(image), Z(image), part, part + Maps);
            Add(part, totals);
        }
        norm!.Backward(totals, totals + Maps, (long)count * area, coefficients);
        for (var image = 0; image < count; image++)
            AddDense(
                x + ((long)image * inputSize), gradient + ((long)image * OutputSize), Winners(image), Z(image), coefficients, sums.Pointer,
                xGradient + ((long)image * inputSize));
        Collect(sums.Pointer, weightGradient);
    }

    private float* Z(int image) => z.Pointer + ((long)image * PaddedMaps * area);

    private byte* Winners(int image) => winner.Pointer + ((long)image * OutputSize);

    private void Pool(float* values, int image, float* output) =>
        Pool(values, scale.Pointer, shift.Pointer, floor, output + ((long)image * OutputSize), Winners(image));

    private void Add(float* part, double* totals)
    {
        for (var number = 0; number < 2 * Maps; number++)
            totals[number] += part[number];
    }

    private void Pack()
    {
        for (var map = 0; map < Maps; map++)
        {
            var target = packed.Pointer + (map / group * group * Channels * Taps) + (map % group);
            for (var tap = 0; tap < Channels * Taps; tap++)
                target[tap * group] = weight[map * Channels * Taps + tap];
            if (bias != null)
                packedBias.Pointer[map] = bias[map];
        }
    }
}
