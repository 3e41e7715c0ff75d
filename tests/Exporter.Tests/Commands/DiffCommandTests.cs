
namespace LeNetServe.Exporter.Tests.Commands;

public sealed class DiffCommandTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public async Task Diff_OtherWeights_NamesThem()
    {
        await sandbox.ExportAsync();
        var other = sandbox.CreateRun(seed: 2);
        await ExporterProcess.RunAsync("", "export", "--run", other.Path, "--repository", sandbox.Models, "--name", "net", "--opset", "17");

        var (code, output, _) = await ExporterProcess.RunAsync(
            "", "diff", Path.Combine(sandbox.Models, "net/1"), Path.Combine(sandbox.Models, "net/2"));

        Assert.Equal((int)ExitCode.CheckFailed, code);
        Assert.Contains("operator sets: ai.onnx 13 → ai.onnx 17", output, StringComparison.Ordinal);
        Assert.Contains("initializer C1.weight: values differ by", output, StringComparison.Ordinal);
    }

    public void Dispose() => sandbox.Dispose();
}
