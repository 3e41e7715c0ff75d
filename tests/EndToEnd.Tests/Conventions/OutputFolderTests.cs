using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>An output folder carries what its program needs on the machine it was built on, and nothing else.</summary>
public sealed class OutputFolderTests
{
    [Fact]
    public void Output_OfEveryProject_CarriesNoOtherPlatformsNatives()
    {
        var foreign =
            from file in Directory.EnumerateFiles(RepositoryTree.Output, "*", SearchOption.AllDirectories)
            where IsOtherPlatformsNative(file)
            select RepositoryTree.Relative(file);

        Assert.Empty(foreign);
    }

    [Fact]
    public void Libtorch_InTheOutput_IsOnlyBesideTheTrainer()
    {
        var carriers =
            from file in Directory.EnumerateFiles(RepositoryTree.Output, "*torch_cpu*", SearchOption.AllDirectories)
            let project = Path.GetRelativePath(RepositoryTree.Output, file).Split(Path.DirectorySeparatorChar)[0]
            where project is not ("Trainer" or "Trainer.Tests")
            select RepositoryTree.Relative(file);

        Assert.Empty(carriers);
    }

    /// <summary>Runtime turns ONNX Runtime's telemetry off before it makes a call; code that could call past it could call before it.</summary>
    [Fact]
    public void OnnxRuntime_InTheOutput_IsCalledByTheRuntimeProjectAlone()
    {
        var callers =
            from project in RepositoryTree.Projects
            let name = Path.GetFileNameWithoutExtension(project)
            let assembly = Path.Combine(RepositoryTree.Output, name, RepositoryTree.Configuration, $"LeNetServe.{name}.dll")
            where References(assembly).Contains("Microsoft.ML.OnnxRuntime")
            select name;

        Assert.Equal(["Runtime"], callers);
    }

    private static IReadOnlyList<string> References(string assembly)
    {
        using var stream = File.OpenRead(assembly);
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static bool IsOtherPlatformsNative(string file) => Path.GetExtension(file) switch
    {
        ".so" => !OperatingSystem.IsLinux(),
        ".dylib" => !OperatingSystem.IsMacOS(),
        ".dll" => !OperatingSystem.IsWindows() && !IsManaged(file),
        _ => Path.GetRelativePath(RepositoryTree.Output, file).Split(Path.DirectorySeparatorChar).Contains("runtimes"),
    };

    private static bool IsManaged(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = new PEReader(stream);
        return reader.HasMetadata;
    }
}
