namespace LeNetServe.Exporter.Emit;

/// <summary>Number formats of weights and arithmetic.</summary>
internal enum Precision
{
    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>16-bit floats: half the file; runtimes without 16-bit kernels compute in 32 bits.</summary>
    Float16,
}
