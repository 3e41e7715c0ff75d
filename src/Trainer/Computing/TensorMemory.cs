using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Computing;

/// <summary>The memory behind a tensor of float32.</summary>
internal static class TensorMemory
{
    /// <summary>The address of the values of a tensor on the CPU.</summary>
    public static unsafe float* Pointer(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>A copy of the values in row-major order, from any device.</summary>
    public static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.cpu().contiguous().bytes).ToArray();
}
