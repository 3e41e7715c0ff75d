using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LeNetServe.Trainer.Tests.Loading;

public sealed class AcceleratorTests
{
    [Theory]
    [InlineData("cpu", "linux-x64", "libtorch-cpu-linux-x64")]
    [InlineData("cpu", "osx-arm64", "libtorch-cpu-osx-arm64")]
    [InlineData("cpu", "win-x64", "libtorch-cpu-win-x64")]
    [InlineData("cuda", "linux-x64", "TorchSharp-cuda-linux")]
    [InlineData("cuda", "win-x64", "TorchSharp-cuda-windows")]
    public async Task Project_ByAccelerator_ReferencesOneLibtorch(string accelerator, string platform, string expected)
    {
        var project = Path.GetFullPath(Path.Combine(ThisFolder(), "..", "..", "..", "src", "Trainer", "Trainer.csproj"));
        Assert.SkipUnless(File.Exists(project), $"{project} is not there: the tests run without the sources.");
        var start = new ProcessStartInfo("dotnet",
            ["msbuild", project, "-getItem:PackageReference", $"-p:Accelerator={accelerator}", $"-p:RuntimeIdentifier={platform}",
                "-nodereuse:false"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var json = JsonDocument.Parse(output);
        var packages = json.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)
            .Where(
                name => name.StartsWith("libtorch", StringComparison.Ordinal) || name.StartsWith("TorchSharp-", StringComparison.Ordinal));
        Assert.Equal([expected], packages);
    }

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
