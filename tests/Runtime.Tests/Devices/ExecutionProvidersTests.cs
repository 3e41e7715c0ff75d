using System.Diagnostics;
using System.Text.Json;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Devices;

public sealed class ExecutionProvidersTests
{
    [Fact]
    public void Resolve_CudaWithoutCuda_SaysWhatIsMissing()
    {
        Assert.SkipWhen(ExecutionProviders.Available.Contains("CUDAExecutionProvider"), "this build has CUDA");

        var exception = Assert.Throws<InferenceException>(() => ExecutionProviders.Resolve(Device.Cuda));

        Assert.Equal(InferenceErrorKind.DeviceUnavailable, exception.Kind);
        Assert.Contains("CPUExecutionProvider", exception.Message);
        Assert.Contains("-p:Accelerator=cuda, for an NVIDIA driver with CUDA 13 and cuDNN 9", exception.Message);
    }

    [Fact]
    public void Resolve_AutoWithoutCuda_IsCpu()
    {
        Assert.SkipWhen(ExecutionProviders.Available.Contains("CUDAExecutionProvider"), "this build has CUDA");

        Assert.Equal(Device.Cpu, ExecutionProviders.Resolve(Device.Auto));
    }

    [Theory]
    [InlineData("cpu", "linux-x64", "Microsoft.ML.OnnxRuntime")]
    [InlineData("cuda", "linux-x64", "Microsoft.ML.OnnxRuntime.Gpu.Linux")]
    [InlineData("cuda", "win-x64", "Microsoft.ML.OnnxRuntime.Gpu.Windows")]
    public async Task Accelerator_OneProperty_SelectsExactlyOnePackage(string accelerator, string platform, string package)
    {
        var project = Path.Combine(RepositoryRoot.Find(), "src", "Runtime", "Runtime.csproj");
        string[] arguments = ["msbuild", project, "-nodereuse:false", $"-p:Accelerator={accelerator}", $"-p:RuntimeIdentifier={platform}",
            "-getItem:PackageReference"];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var json = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var document = JsonDocument.Parse(json);
        var packages = document.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)
            .Where(name => name.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal))
            .Where(name => !name.EndsWith(".Managed", StringComparison.Ordinal));
        Assert.Equal(package, Assert.Single(packages));
    }
}
