using static TorchSharp.torch;

namespace LeNetServe.Trainer.Computing;

/// <summary>The device that torch computes on.</summary>
internal static class ComputeDevice
{
    /// <summary>Gets the names of devices.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "cpu", "cuda"];

    /// <summary>Gets the device of that name: auto (cuda if there is one), cpu or cuda.</summary>
    /// <exception cref="ExpectedException">No such name, or cuda without a device: never a silent run on the CPU.</exception>
    public static Device Choose(string name) => Choose(name, cuda.is_available);

    internal static Device Choose(string name, Func<bool> hasCuda) => name switch
    {
        "cpu" => CPU,
        "auto" => hasCuda() ? CUDA : CPU,
        "cuda" => hasCuda()
            ? CUDA
            : throw new ExpectedException(
                ExitCode.Usage,
                "--device cuda: torch finds no CUDA device. It needs an NVIDIA GPU with its driver, "
                + "and the Trainer built with -p:Accelerator=cuda (Linux or Windows, x64); --device cpu trains without"),
        _ => throw new ExpectedException(
            ExitCode.Usage, $"--device is \"{name}\", expected auto, cpu or cuda{NearestName.Hint(name, Names)}"),
    };
}
