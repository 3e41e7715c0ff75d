using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Kernels;

/// <summary>SiLU, y = x·σ(x), on the values between two blocks.</summary>
internal sealed unsafe class SiluMaps : IDisposable
{
    private AlignedMemory<float> gate = new(0);
    private AlignedMemory<float> output = new(0);

    /// <summary>The values of y; they stay until the next call.</summary>
    /// <param name="x">The values of x.</param>
    /// <param name="count">Number of values.</param>
    public float* Forward(float* x, int count)
    {
        AlignedMemory<float>.Reserve(ref gate, count);
        AlignedMemory<float>.Reserve(ref output, count);
        TensorPrimitives.Sigmoid(new ReadOnlySpan<float>(x, count), new Span<float>(gate.Pointer, count));
        TensorPrimitives.Multiply(
            new ReadOnlySpan<float>(x, count), new ReadOnlySpan<float>(gate.Pointer, count), new Span<float>(output.Pointer, count));
        return output.Pointer;
    }

    /// <summary>Turns the gradient of the last y into that of its x: dy/dx = σ + y·(1 − σ).</summary>
    /// <param name="gradient">Gradient of the last <see cref="Forward"/>'s values, with a vector of slack beyond.</param>
    /// <param name="count">Number of values.</param>
    public void Backward(float* gradient, int count)
    {
        for (var at = 0; at < count; at += Vector512<float>.Count)
        {
            var sigma = Vector512.Load(gate.Pointer + at);
            var y = Vector512.Load(output.Pointer + at);
            var slope = Vector512.FusedMultiplyAdd(y, Vector512<float>.One - sigma, sigma);
            (Vector512.Load(gradient + at) * slope).Store(gradient + at);
        }
    }

    public void Dispose()
    {
        gate.Dispose();
        output.Dispose();
    }
}
