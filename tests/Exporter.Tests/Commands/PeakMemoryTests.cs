using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LeNetServe.Exporter.Tests.Interoperability;

namespace LeNetServe.Exporter.Tests.Commands;

/// <summary>The largest memory of the process, as the system counts it, for a proof on a whole test set.</summary>
public sealed class PeakMemoryTests : IDisposable
{
    private const double LargestMegabytes = 250;

    private const string Script = """
        import resource, subprocess, sys
        code = subprocess.call(sys.argv[1:])
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        sys.exit(code)
        """;

    private readonly TemporaryDirectory temporary = new();

    [Theory]
    [InlineData("strokes", 1)]
    [InlineData("mnist", 1)]
    [InlineData("cifar10", 3)]
    public async Task ExportAndVerify_WholeTestSet_StayBelowTheLimit(string dataset, int channels)
    {
        // An unfinished run says no accuracy, so any answers to the test images pass.
        var run = TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5", channels), finished: false, dataset: dataset);
        string[] data = dataset == "strokes" ? [] : ["--data", Repository.RequireData(dataset)];
        var model = temporary["model"];

        var exported = await Megabytes(
            ["export", "--run", run.Path, "--name", "net", "--out", model, "--verify-dataset", dataset, .. data]);
        var verified = await Megabytes(["verify", "--model", model, "--dataset", dataset, .. data]);

        TestContext.Current.SendDiagnosticMessage($"{dataset}: export {exported:0} MB, verify {verified:0} MB");
        Assert.InRange(exported, 20, LargestMegabytes);
        Assert.InRange(verified, 20, LargestMegabytes);
    }

    public void Dispose() => temporary.Dispose();

    private static async Task<double> Megabytes(string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("the peak is counted in KB on Linux");
        var start = new ProcessStartInfo("python3", ["-c", Script, "dotnet", ExporterProcess.Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("python3, which measures the process, is not installed here");
            throw;
        }
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            SkipWithoutData(await error, arguments);
            Assert.True(process.ExitCode == 0, await error);
            return int.Parse((await output).TrimEnd().Split('\n')[^1], CultureInfo.InvariantCulture) * 1024 / 1e6;
        }
    }

    // A folder may hold a data set in a form that is not read here; that counts as missing.
    private static void SkipWithoutData(string error, string[] arguments)
    {
        if (arguments.Contains("--data") && error.StartsWith($"error: {arguments[^1]}", StringComparison.Ordinal))
            Assert.Skip(error.Trim());
    }
}
