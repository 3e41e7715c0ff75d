using System.Numerics;
using System.Runtime.InteropServices;
using LeNetServe.Datasets;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// The convolutions of a LeNet with normalization, batch norm, ReLU or SiLU and max-pooling, computed by kernels for AVX-512 and AVX2. By
/// torch they cost two thirds of a step (docs/decisions/0012-own-convolution-kernels.md). Their result is a leaf of torch's graph. Its
/// gradient goes back through the kernels after torch's backward pass. Other processors, devices and layers use torch's own operations.
/// </summary>
internal sealed unsafe class ConvolutionFront : IDisposable
{
    private readonly Normalization normalization;
    private readonly TensorShape input;
    private readonly RowBlock rows;
    private readonly SiluMaps? silu;
    private readonly MapBlock? maps;
    private AlignedMemory<float> pixels = new(0);
    private AlignedMemory<float> middle = new(0);
    private AlignedMemory<float> middleGradient = new(0);
    private float* activated;
    private Tensor? output;
    private int count;

    private ConvolutionFront(
        Normalization normalization,
        IReadOnlyList<LayerShape> trace,
        int layers,
        RowBlock rows,
        SiluMaps? silu = null,
        MapBlock? maps = null)
    {
        this.normalization = normalization;
        this.rows = rows;
        this.silu = silu;
        this.maps = maps;
        input = trace[0].Input;
        Layers = layers;
        OutputShape = trace[layers - 1].Output;
    }

    /// <summary>Number of the network's layers that it replaces.</summary>
    public int Layers { get; }

    private TensorShape OutputShape { get; }

    /// <summary>The front of a network, or null if it is not made for the processor, the device or the layers.</summary>
    public static ConvolutionFront? TryCreate(NetworkParameters parameters, Normalization normalization)
    {
        if (!Lanes.AreSupported || parameters.Device.type != TorchSharp.DeviceType.CPU)
            return null;
        var trace = parameters.Spec.Trace();
        if (PooledConvolution.At(trace, 0) is not { } first || !RowBlock.Supports(trace[0].Input))
            return null;
        var rows = new RowBlock(first, trace[0].Input.Channels, parameters);
        var next = first.Layers;
        var silu = trace[next].Layer is ActivationSpec activation
            && activation == new ActivationSpec { Name = activation.Name, Function = ActivationFunction.Silu };
        next += silu ? 1 : 0;
        if (PooledConvolution.At(trace, next) is { } second && MapBlock.Supports(second, trace[next].Input))
        {
            next += second.Layers;
            return new(normalization, trace, next, rows, silu ? new() : null, new(second, parameters));
        }
        return new(normalization, trace, first.Layers, rows);
    }

    /// <summary>The pooled maps, B×C×H×W.</summary>
    /// <param name="raw">Raw pixels, B×C×32×32 float32 0..255.</param>
    /// <param name="pass">In training the result is a leaf that waits for <see cref="Backward"/>.</param>
    public Tensor Forward(Tensor raw, Pass pass)
    {
        using var contiguous = raw.contiguous();
        count = (int)raw.shape[0];
        AlignedMemory<float>.Reserve(ref pixels, (long)count * input.Count);
        AlignedMemory<float>.Reserve(ref middle, (long)count * rows.OutputSize);
        Normalize(MemoryMarshal.Cast<byte, float>(contiguous.bytes));
        var result = empty([count, OutputShape.Channels, OutputShape.Height, OutputShape.Width], ScalarType.Float32);
        rows.Forward(pixels.Pointer, count, middle.Pointer, pass.Training);
        activated = silu is null ? middle.Pointer : silu.Forward(middle.Pointer, count * rows.OutputSize);
        if (maps is not null)
            maps.Forward(activated, count, TensorMemory.Pointer(result), pass.Training);
        else
            Copy(middle.Pointer, TensorMemory.Pointer(result));
        output = pass.Training ? result.requires_grad_(true) : null;
        return result;
    }

    /// <summary>Adds the parameters' gradients, when torch has the gradient of the last <see cref="Forward"/>'s result.</summary>
    public void Backward()
    {
        using var gradient = output!.grad!.contiguous();
        AlignedMemory<float>.Reserve(ref middleGradient, (long)count * rows.OutputSize);
        if (maps is not null)
            maps.Backward(activated, count, TensorMemory.Pointer(gradient), middleGradient.Pointer);
        else
            Copy(TensorMemory.Pointer(gradient), middleGradient.Pointer);
        silu?.Backward(middleGradient.Pointer, count * rows.OutputSize);
        rows.Backward(pixels.Pointer, count, middleGradient.Pointer);
        output = null;
    }

    public void Dispose()
    {
        rows.Dispose();
        silu?.Dispose();
        maps?.Dispose();
        pixels.Dispose();
        middle.Dispose();
        middleGradient.Dispose();
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

    private void Copy(float* from, float* to) =>
        new ReadOnlySpan<float>(from, count * rows.OutputSize).CopyTo(new(to, count * rows.OutputSize));
}
