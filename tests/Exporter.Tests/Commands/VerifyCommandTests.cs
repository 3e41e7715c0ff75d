
namespace LeNetServe.Exporter.Tests.Commands;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public async Task Verify_LogitsBesideOtherGoldenTensors_IsBadInput()
    {
        var directory = sandbox["elsewhere"];
        await ExporterProcess.RunAsync("", "export", "--run", sandbox.Run.Path, "--out", directory, "--name", "net", "--outputs", "logits");
        File.Copy(sandbox.CreateRun(seed: 2).Golden,
            Path.Combine(directory, "golden.safetensors"), overwrite: true);

        Assert.Equal((int)ExitCode.BadInput, (await ExporterProcess.RunAsync("", "verify", "--model", directory)).Code);
    }

    [Fact]
    public async Task Verify_DataForStrokes_IsAUsageError()
    {
        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "verify", "--model", sandbox.Models, "--dataset", "strokes", "--data", sandbox["."]);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("which is drawn and has no files", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FileWithOneBitFlipped_IsBadInput()
    {
        await sandbox.ExportAsync();
        var path = Path.Combine(sandbox.Models, "net/1/model.onnx");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", path);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("changed or damaged", error, StringComparison.Ordinal);
    }

    public void Dispose() => sandbox.Dispose();
}
