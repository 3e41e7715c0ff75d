namespace LeNetServe.Runtime.Devices;

/// <summary>The device that the user asks for.</summary>
public enum Device
{
    /// <summary>CUDA if this build and this machine have it, otherwise the CPU.</summary>
    Auto,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>CUDA. An error if CUDA is missing, never a silent fallback.</summary>
    Cuda,
}
