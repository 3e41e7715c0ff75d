namespace LeNetServe.Runtime.Devices;

/// <summary>Where models run, as the user asks for it.</summary>
public enum Device
{
    /// <summary>CUDA where this build and this machine have it, else the CPU.</summary>
    Auto,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>CUDA; an error where it is missing, never a silent fall-back.</summary>
    Cuda,
}
