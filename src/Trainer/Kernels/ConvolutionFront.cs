using System.Numerics;
using System.Runtime.InteropServices;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Networks;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// The convolutions of a LeNet, with normalisation, batch norm, ReLU and max-pooling, by own kernels for AVX-512 and AVX2: they cost two thirds of a step
/// otherwise (docs/decisions/0012-own-convolution-kernels.md). What leaves them is a leaf of torch's graph; its gradient goes back through
/// them after torch's backward pass. Other processors, devices and layers use torch's own operations.
/// </summary>
internal sealed unsafe class ConvolutionFront : IDisposable
{
    private readonly Normalization normalization;
    private readonly TensorShape input;
    private readonly RowBlock rows;
    private readonly MapBlock? maps;
    private AlignedMemory<float> pixels = new(0);
    private AlignedMemory<float> middle = new(0);
    private AlignedMemory<float> middleGradient = new(0);
    private Tensor? output;
    private int count;

    private ConvolutionFront(Normalization normalization, TensorShape input, RowBlock rows, MapBlock? maps, int layers, TensorShape outputShape) =>
        (this.normalization, this.input, this.rows, this.maps, Layers, OutputShape) = (normalization, input, rows, maps, layers, outputShape);

    /// <summary>Number of the spec's layers that it stands for.</summary>
    public int Layers { get; }

    private TensorShape OutputShape { get; }

    /// <summary>The front of a network, or null where processor, device or layers are others than it is made for.</summary>
    public static ConvolutionFront? TryCreate(Network network, Normalization normalization)
    {
        if (!Lanes.AreSupported || network.Gradient.device.type != TorchSharp.DeviceType.CPU)
            return null;
        var trace = network.Store.Spec.Trace();
        if (Block(trace, 0) is not { } first || !RowBlock.Supports(first.Convolution, first.Norm, trace[0].Input))
            return null;
        var rows = new RowBlock(first.Convolution, first.Norm, trace[0].Input.Channels, network);
        if (Block(trace, first.Layers) is { } second && MapBlock.Supports(second.Convolution, second.Norm, trace[first.Layers].Input))
        {
            var layers = first.Layers + second.Layers;
            return new(normalization, network.Store.Spec.Input, rows, new(second.Convolution, second.Norm, network), layers, trace[layers - 1].Output);
        }
        return new(normalization, network.Store.Spec.Input, rows, null, first.Layers, trace[first.Layers - 1].Output);
    }

    /// <summary>The pooled maps, B×C×H×W.</summary>
    /// <param name="raw">Raw pixels, B×C×32×32 float32 0..255.</param>
    /// <param name="pass">In training the result is a leaf that waits for <see cref="Backward"/>.</param>
    public Tensor Forward(Tensor raw, Pass pass)
    {
        using var contiguous = raw.contiguous();
        count = (int)raw.shape[0];
        Reserve(ref pixels, (long)count * input.Count);
        Reserve(ref middle, (long)count * rows.OutputSize);
        Normalize(MemoryMarshal.Cast<byte, float>(contiguous.bytes));
        var result = empty([count, OutputShape.Channels, OutputShape.Height, OutputShape.Width], ScalarType.Float32);
        rows.Forward(pixels.Pointer, count, middle.Pointer, pass.Training);
        if (maps is not null)
            maps.Forward(middle.Pointer, count, Network.Pointer(result), pass.Training);
        else
            new ReadOnlySpan<float>(middle.Pointer, count * rows.OutputSize).CopyTo(new(Network.Pointer(result), count * rows.OutputSize));
        output = pass.Training ? result.requires_grad_(true) : null;
        return result;
    }

    /// <summary>Adds the parameters' gradients, after torch has found that of the last <see cref="Forward"/>'s result.</summary>
    public void Backward()
    {
        using var gradient = output!.grad!.contiguous();
        Reserve(ref middleGradient, (long)count * rows.OutputSize);
        if (maps is not null)
            maps.Backward(middle.Pointer, count, Network.Pointer(gradient), middleGradient.Pointer);
        else
            new ReadOnlySpan<float>(Network.Pointer(gradient), count * rows.OutputSize).CopyTo(new(middleGradient.Pointer, count * rows.OutputSize));
        rows.Backward(pixels.Pointer, count, middleGradient.Pointer);
        output = null;
    }

    public void Dispose()
    {
        rows.Dispose();
        maps?.Dispose();
        pixels.Dispose();
        middle.Dispose();
        middleGradient.Dispose();
    }

    private static (ConvolutionSpec Convolution, BatchNormSpec? Norm, int Layers)? Block(IReadOnlyList<LayerShape> trace, int first)
    {
        if (first >= trace.Count || trace[first].Layer is not ConvolutionSpec convolution)
            return null;
        var at = first + 1;
        var norm = at < trace.Count ? trace[at].Layer as BatchNormSpec : null;
        at += norm is null ? 0 : 1;
        return at + 1 < trace.Count
            && trace[at].Layer is ActivationSpec { Function: ActivationFunction.Relu }
            && trace[at + 1].Layer is PoolingSpec { Kind: PoolingKind.Max, Size: 2 }
            ? (convolution, norm, at + 2 - first)
            : null;
    }

    private void Normalize(ReadOnlySpan<float> raw)
    {
        var plane = input.Height * input.Width;
        for (var channel = 0; channel < input.Channels; channel++)
        {
            var factor = new Vector<float>((float)(1 / normalization.Deviation[channel]));
            var summand = new Vector<float>((float)(-normalization.Mean[channel] / normalization.Deviation[channel]));
            for (var image = 0; image < count; image++)
            {
                var at = (image * input.Channels + channel) * plane;
                var from = raw.Slice(at, plane);
                var to = new Span<float>(pixels.Pointer + at, plane);
                for (var place = 0; place < plane; place += Vector<float>.Count)
                    Vector.FusedMultiplyAdd(new Vector<float>(from[place..]), factor, summand).CopyTo(to[place..]);
            }
        }
    }

    private static void Reserve(ref AlignedMemory<float> memory, long wanted)
    {
        if (memory.Count >= wanted)
            return;
        memory.Dispose();
        memory = new(wanted);
    }
}
