using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Datasets;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// The convolutions of a LeNet with normalization, batch norm, ReLU or SiLU and max-pooling, and the dense layers behind them. Kernels for
/// AVX-512 and AVX2 compute them (docs/decisions/0012-own-convolution-kernels.md). Their result is a leaf of torch's graph. Its gradient
/// goes back through the kernels after torch's backward pass. Other processors, devices and layers use torch's own operations.
/// </summary>
internal sealed unsafe class ConvolutionFront : IDisposable
{
    private readonly Normalization normalization;
    private readonly TensorShape input;
    private readonly RowBlock rows;
    private readonly SiluMaps? silu;
    private readonly MapBlock? maps;
    private readonly IReadOnlyList<DenseBlock> dense;
    private AlignedMemory<float> pixels = new(0);
    private AlignedMemory<float> middle = new(0);
    private AlignedMemory<float> middleGradient = new(0);
    private AlignedMemory<float> features = new(0);
    private AlignedMemory<float> featureGradient = new(0);
    private float* activated;
    private Tensor? output;
    private int count;

    private ConvolutionFront(
        Normalization normalization,
        IReadOnlyList<LayerShape> trace,
        int layers,
        RowBlock rows,
        SiluMaps? silu,
        MapBlock? maps,
        IReadOnlyList<DenseBlock> dense)
    {
        this.normalization = normalization;
        this.rows = rows;
        this.silu = silu;
        this.maps = maps;
        this.dense = dense;
        input = trace[0].Input;
        Layers = layers;
        OutputShape = trace[layers - 1].Output;
    }

    /// <summary>Number of the network's layers that it replaces.</summary>
    public int Layers { get; }

    private TensorShape OutputShape { get; }

    /// <summary>The front of a network, or null if it is not made for the processor, the device or the layers.</summary>
    public static ConvolutionFront? TryCreate(
        NetworkParameters parameters, Normalization normalization, IReadOnlyList<LayerShape> trace)
    {
        if (!Lanes.AreSupported || parameters.Device.type != TorchSharp.DeviceType.CPU)
            return null;
        if (PooledConvolution.At(trace, 0) is not { } first || !RowBlock.Supports(trace[0].Input))
            return null;
        var rows = new RowBlock(first, trace[0].Input, parameters);
        var next = first.Layers;
        var silu = trace.ElementAtOrDefault(next)?.Layer is ActivationSpec activation
            && activation == new ActivationSpec { Name = activation.Name, Function = ActivationFunction.Silu };
        next += silu ? 1 : 0;
        if (PooledConvolution.At(trace, next) is not { } second || !MapBlock.Supports(second, trace[next].Input))
            return new(normalization, trace, first.Layers, rows, null, null, []);
        var maps = new MapBlock(second, trace[next].Input, parameters);
        next += second.Layers;
        var dense = new List<DenseBlock>();
        while (next < trace.Count && DenseBlock.Supports(trace[next]))
        {
            var row = trace[next++];
            var relu = trace.ElementAtOrDefault(next)?.Layer is ActivationSpec squashing
                && squashing == new ActivationSpec { Name = squashing.Name, Function = ActivationFunction.Relu };
            next += relu ? 1 : 0;
            dense.Add(new(row, relu ? 0 : float.NegativeInfinity, dense.Count == 0 ? row.Input.Count : dense[^1].Stride, parameters));
        }
        return new(normalization, trace, next, rows, silu ? new() : null, maps, dense);
    }

    /// <summary>The pooled maps, B×C×H×W.</summary>
    /// <param name="raw">Raw pixels, B×C×32×32 uint8 or float32, 0..255.</param>
    /// <param name="pass">In training the result is a leaf that waits for <see cref="Backward"/>.</param>
    public Tensor Forward(Tensor raw, Pass pass)
    {
        using var contiguous = raw.contiguous();
        count = (int)raw.shape[0];
        AlignedMemory<float>.Reserve(ref pixels, (long)count * input.Count);
        AlignedMemory<float>.Reserve(ref middle, (long)count * rows.OutputSize);
        Normalize(contiguous);
        long[] shape = [count, OutputShape.Channels, OutputShape.Height, OutputShape.Width];
        var result = empty(dense.Count > 0 ? shape[..2] : shape, ScalarType.Float32);
        rows.Forward(pixels.Pointer, count, middle.Pointer, pass.Training);
        activated = silu is null ? middle.Pointer : silu.Forward(middle.Pointer, count * rows.OutputSize);
        if (dense.Count > 0)
            DenseForward(TensorMemory.Pointer(result), pass.Training);
        else if (maps is not null)
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
            maps.Backward(
                activated, count,
                dense.Count > 0 ? DenseBackward(TensorMemory.Pointer(gradient)) : TensorMemory.Pointer(gradient), middleGradient.Pointer);
        else
            Copy(TensorMemory.Pointer(gradient), middleGradient.Pointer);
        silu?.Backward(middleGradient.Pointer, count * rows.OutputSize);
        rows.Backward(pixels.Pointer, count, middleGradient.Pointer);
        output = null;
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[rows, silu, maps, pixels, middle, middleGradient, features, featureGradient, .. dense])
            part?.Dispose();
    }

    private void DenseForward(float* logits, bool training)
    {
        AlignedMemory<float>.Reserve(ref features, DenseBlock.Room(count, maps!.OutputSize));
        maps.Forward(activated, count, features.Pointer, training);
        var values = features.Pointer;
        foreach (var block in dense)
            values = block.Forward(values, count);
        CopyRows(values, dense[^1].Stride, logits, OutputShape.Channels);
    }

    private float* DenseBackward(float* gradient)
    {
        AlignedMemory<float>.Reserve(ref featureGradient, DenseBlock.Room(count, maps!.OutputSize));
        CopyRows(gradient, OutputShape.Channels, dense[^1].Gradient(count), dense[^1].Stride);
        for (var number = dense.Count - 1; number >= 0; number--)
            dense[number].Backward(count, number > 0 ? dense[number - 1].Gradient(count) : featureGradient.Pointer);
        return featureGradient.Pointer;
    }

    private void CopyRows(float* from, int fromStride, float* to, int toStride)
    {
        for (var image = 0; image < count; image++)
            new ReadOnlySpan<float>(from + (image * fromStride), OutputShape.Channels)
                .CopyTo(new(to + (image * toStride), OutputShape.Channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize(Tensor raw)
    {
        var plane = input.Height * input.Width;
        var isByte = raw.dtype == ScalarType.Byte;
        fixed (byte* bytes = raw.bytes)
            for (var channel = 0; channel < input.Channels; channel++)
            {
                var factor = Vector512.Create((float)(1 / normalization.Deviation[channel]));
                var summand = Vector512.Create((float)(-normalization.Mean[channel] / normalization.Deviation[channel]));
                for (var image = 0; image < count; image++)
                    for (var place = 0; place < plane; place += Vector512<float>.Count)
                    {
                        var at = ((image * input.Channels + channel) * plane) + place;
                        var values = isByte
                            ? Vector512.ConvertToSingle(Lanes.LoadBytes(bytes + at))
                            : Vector512.Load((float*)bytes + at);
                        Vector512.FusedMultiplyAdd(values, factor, summand).Store(pixels.Pointer + at);
                    }
            }
    }

    private void Copy(float* from, float* to) =>
        new ReadOnlySpan<float>(from, count * rows.OutputSize).CopyTo(new(to, count * rows.OutputSize));
}
