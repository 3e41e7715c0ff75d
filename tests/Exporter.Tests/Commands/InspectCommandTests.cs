using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Tests.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public async Task Inspect_GoldenAnswersOfAnotherModel_SaysThatTheServerRefuses()
    {
        await sandbox.ExportAsync();
        var golden = Path.Combine(sandbox.Models, "net/1/golden.safetensors");
        File.Copy(sandbox.CreateRun(seed: 2).Golden, golden, overwrite: true);

        var inspected = await ExporterProcess.RunAsync("", "inspect", Path.Combine(sandbox.Models, "net"));

        Assert.Contains("The server refuses the file", inspected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_ForeignModel_SaysWhatTheServerMisses()
    {
        await sandbox.ExportAsync();
        var path = sandbox["foreign.onnx"];
        var model = OnnxFile.Read(Path.Combine(sandbox.Models, "net/1/model.onnx")).Model;
        model.MetadataProps.Clear();
        model.ProducerName = "somebody";
        File.WriteAllBytes(path, Google.Protobuf.MessageExtensions.ToByteArray(model));

        var (code, output, _) = await ExporterProcess.RunAsync("", "inspect", path);

        Assert.Equal(0, code);
        Assert.Contains("No metadata lenetserve.manifest", output, StringComparison.Ordinal);
        Assert.Contains("No labels.txt beside the file", output, StringComparison.Ordinal);
        Assert.Contains("server would serve the file", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_IntoAPipe_ShortensLongMetadataAndPadsNothing()
    {
        await sandbox.ExportAsync();

        var (_, output, _) = await ExporterProcess.RunAsync("", "inspect", Path.Combine(sandbox.Models, "net"));

        var metadata = output.Split('\n').Where(line => line.StartsWith("metadata ", StringComparison.Ordinal)).ToList();
        Assert.Contains("metadata Image.BitmapPixelFormat: Gray8", metadata);
        Assert.Contains(metadata, line => line.Contains("… (", StringComparison.Ordinal));
        Assert.All(metadata, line => Assert.InRange(line.Length, 1, 199));
        Assert.All(metadata, line => Assert.Equal(line.TrimEnd(), line));
    }

    public void Dispose() => sandbox.Dispose();
}
