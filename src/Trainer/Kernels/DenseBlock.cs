using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>A dense layer, or a convolution that covers its input, and its ReLU if any.</summary>
internal sealed unsafe class DenseBlock : IDisposable
{
    private readonly int inputs;
    private readonly int outputs;
    private readonly int inputStride;
    private readonly float floor;
    private readonly float* weight;
    private readonly float* bias;
    private readonly float* weightGradient;
    private readonly float* biasGradient;
    private readonly AlignedMemory<float> kept;
    private readonly AlignedMemory<float> transposed;
    private readonly AlignedMemory<float> product;
    private readonly AlignedMemory<float> summand;
    private AlignedMemory<float> y = new(0);
    private AlignedMemory<float> gradient = new(0);
    private float* x;

    /// <param name="row">The layer.</param>
    /// <param name="floor">Least value: 0 with ReLU, −∞ without.</param>
    /// <param name="inputStride">Values from one image's input to the next.</param>
    /// <param name="parameters">The network's values.</param>
    public DenseBlock(LayerShape row, float floor, int inputStride, NetworkParameters parameters)
    {
        this.floor = floor;
        this.inputStride = inputStride;
        (inputs, outputs) = (row.Input.Count, row.Output.Count);
        Stride = MatrixLanes.Stride(outputs);
        weight = parameters.Values($"{row.Layer.Name}.weight");
        weightGradient = parameters.Gradients($"{row.Layer.Name}.weight");
        var hasBias = row.Layer is DenseSpec { Bias: true } or ConvolutionSpec { Bias: true };
        bias = hasBias ? parameters.Values($"{row.Layer.Name}.bias") : null;
        biasGradient = hasBias ? parameters.Gradients($"{row.Layer.Name}.bias") : null;
        kept = new(Room(outputs, inputs));
        product = new(Room(outputs, inputs));
        transposed = new(Room(inputs, Stride));
        summand = new(Stride);
    }

    /// <summary>Values from one image's output to the next.</summary>
    public int Stride { get; }

    /// <summary>True if the kernel computes a layer. Whole records are compared: an unknown property keeps torch's operations.</summary>
    public static bool Supports(LayerShape row) => row.Layer switch
    {
        DenseSpec dense => dense == new DenseSpec { Name = dense.Name, Units = dense.Units, Bias = dense.Bias },
        ConvolutionSpec whole => whole.CoversWhole(row.Input)
            && whole == new ConvolutionSpec { Name = whole.Name, Maps = whole.Maps, Kernel = whole.Kernel, Bias = whole.Bias },
        _ => false,
    };

    /// <summary>Number of values that a matrix needs as an operand or a result of a product.</summary>
    public static long Room(int rows, int stride) => ((long)(rows + MatrixLanes.Rows) * stride) + MatrixLanes.Columns;

    /// <summary>The outputs of images; they stay until the next call.</summary>
    /// <param name="input">count × stride.</param>
    /// <param name="count">Number of images.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* Forward(float* input, int count)
    {
        x = input;
        Pack();
        AlignedMemory<float>.Reserve(ref y, Room(count, Stride));
        MatrixLanes.Multiply(count, outputs, inputs, x, inputStride, 1, transposed.Pointer, Stride, y.Pointer, Stride);
        var least = Vector512.Create(floor);
        for (var image = 0; image < count; image++)
            for (var at = 0; at < Stride; at += Vector512<float>.Count)
            {
                var to = y.Pointer + (image * Stride) + at;
                Lanes.Max(Vector512.Load(to) + Vector512.Load(summand.Pointer + at), least).Store(to);
            }
        return y.Pointer;
    }

    /// <summary>Memory for the gradient of the outputs, count × stride.</summary>
    public float* Gradient(int count)
    {
        AlignedMemory<float>.Reserve(ref gradient, Room(count, Stride));
        return gradient.Pointer;
    }

    /// <summary>Adds the parameters' gradients and gives the input's, of the gradient in <see cref="Gradient"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(int count, float* inputGradient)
    {
        var least = Vector512.Create(floor);
        for (var at = 0; at < count * Stride; at += Vector512<float>.Count)
            (Vector512.Load(gradient.Pointer + at) & Vector512.GreaterThan(Vector512.Load(y.Pointer + at), least))
                .Store(gradient.Pointer + at);
        MatrixLanes.Multiply(outputs, inputs, count, gradient.Pointer, 1, Stride, x, inputStride, product.Pointer, inputs);
        var sum = new Span<float>(weightGradient, outputs * inputs);
        TensorPrimitives.Add(sum, new ReadOnlySpan<float>(product.Pointer, outputs * inputs), sum);
        if (bias != null)
            AddBiasGradient(count);
        MatrixLanes.Multiply(
            count, inputs, outputs, gradient.Pointer, Stride, 1, kept.Pointer, inputs, inputGradient, inputStride);
    }

    public void Dispose()
    {
        foreach (var memory in (IDisposable[])[kept, transposed, product, summand, y, gradient])
            memory.Dispose();
    }

    private void AddBiasGradient(int count)
    {
        var sum = new Span<float>(biasGradient, outputs);
        for (var image = 0; image < count; image++)
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(gradient.Pointer + (image * Stride), outputs), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack()
    {
        new ReadOnlySpan<float>(weight, outputs * inputs).CopyTo(new(kept.Pointer, outputs * inputs));
        var rows = Vector256.CreateSequence(0, inputs);
        for (var input = 0; input < inputs; input++)
            for (var output = 0; output < outputs; output += Vector256<float>.Count)
                Avx2.GatherVector256(kept.Pointer + (output * inputs) + input, rows, sizeof(float))
                    .Store(transposed.Pointer + (input * Stride) + output);
        if (bias != null)
            new ReadOnlySpan<float>(bias, outputs).CopyTo(new(summand.Pointer, outputs));
    }
}
