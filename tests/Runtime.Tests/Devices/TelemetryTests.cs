using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeNetServe.Runtime.Devices;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Devices;

public sealed partial class TelemetryTests
{
    [Fact]
    public void ModuleInitializer_AssemblyLoaded_SetsTheNativeVariable()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "native environment of Unix");
        RuntimeHelpers.RunModuleConstructor(typeof(ClassifierModel).Module.ModuleHandle);

        Assert.Equal("1", Marshal.PtrToStringUTF8(GetEnvironment("ORT_DISABLE_TELEMETRY")));
        Assert.True(Telemetry.IsOff);
    }

    [Fact]
    public void SourceTree_EveryProject_ReachesOnnxRuntimeThroughThisAssemblyOnly()
    {
        var root = RepositoryRoot.Find();
        var projects = Directory.GetFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories);

        var direct = projects.Where(project => File.ReadAllText(project).Contains("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal));
        var calling = Directory.GetFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("using Microsoft.ML.OnnxRuntime", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Path.Combine(root, "src"), file).Split(Path.DirectorySeparatorChar)[0])
            .Distinct();

        Assert.Equal("Runtime.csproj", Assert.Single(direct.Select(Path.GetFileName)));
        Assert.Equal("Runtime", Assert.Single(calling));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironment(string name);
}
