using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

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

    /// <summary>
    /// Runtime turns ONNX Runtime's telemetry off before its first call. Code that could call past Runtime could call before that.
    /// </summary>
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

    private static bool IsOtherPlatformsNative(string file)
    {
        var folders = Path.GetRelativePath(RepositoryTree.Output, file).Split(Path.DirectorySeparatorChar);
        var name = Path.GetFileName(file);
        var platform = folders.SkipWhile(folder => folder != "runtimes").ElementAtOrDefault(1);
        if (platform is not null && platform != RuntimeInformation.RuntimeIdentifier)
            return Path.GetExtension(file) != ".dll" || !IsManaged(file);
        if (name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal))
            return !OperatingSystem.IsLinux() || ElfMachine(file) != OwnMachine;
        return Path.GetExtension(file) switch
        {
            ".dylib" => !OperatingSystem.IsMacOS(),
            ".dll" => !OperatingSystem.IsWindows() && !IsManaged(file),
            _ => false,
        };
    }

    /// <summary>The number that ELF has for this machine's processor.</summary>
    private static int OwnMachine => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 183 : 62;

    /// <summary>The field <c>e_machine</c>; 0 if the file is not a little-endian ELF file.</summary>
    private static int ElfMachine(string file)
    {
        var header = new byte[20];
        using var stream = File.OpenRead(file);
        var isWhole = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length;
        return isWhole && header.AsSpan().StartsWith("\u007fELF"u8) && header[5] == 1
            ? header[18] | (header[19] << 8)
            : 0;
    }

    private static bool IsManaged(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = new PEReader(stream);
        return reader.HasMetadata;
    }
}
