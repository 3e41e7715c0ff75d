using System.Text.Json;
using Google.Protobuf;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Tests.Commands;

/// <summary>Every command on a model whose weights lie in a file beside it, as PyTorch and onnx write it.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public async Task Commands_WeightsBesideTheModel_ReadThemThere()
    {
        Assert.Equal(0, (await sandbox.ExportAsync()).Code);
        var inside = Path.Combine(sandbox.Models, "net/1");
        var beside = MoveWeights(inside, sandbox["beside"]);

        var inspected = JsonDocument.Parse((await ExporterProcess.RunAsync("", "inspect", "--json", beside)).Output).RootElement;
        var verified = await ExporterProcess.RunAsync("", "verify", "--model", beside);
        var diff = await ExporterProcess.RunAsync("", "diff", inside, beside);
        var quantized = await ExporterProcess.RunAsync(
            "", "quantize", "--model", beside, "--calibrate", "strokes", "--max-loss", "100", "--out", sandbox["int8"], "--images", "10");

        Assert.True(inspected.GetProperty("served").GetBoolean());
        Assert.Equal("weights.bin", Assert.Single(inspected.GetProperty("data_files").EnumerateArray()).GetString());
        Assert.Equal(61_706, inspected.GetProperty("parameters").GetInt64());
        Assert.Equal("intact", inspected.GetProperty("seal").GetString());
        Assert.Equal((0, ""), (verified.Code, verified.Error));
        Assert.Contains("16 of 16 golden images", verified.Output, StringComparison.Ordinal);
        Assert.Equal((0, "no difference\n"), (diff.Code, diff.Output));
        Assert.Contains("has the classes 0, 1", quantized.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OneByteOfTheWeightsChanged_IsBadInput()
    {
        await sandbox.ExportAsync();
        var beside = MoveWeights(Path.Combine(sandbox.Models, "net/1"), sandbox["beside"]);
        var data = Path.Combine(beside, "weights.bin");
        var bytes = File.ReadAllBytes(data);
        bytes[^5] ^= 1;
        File.WriteAllBytes(data, bytes);

        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", beside);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("changed or damaged", error, StringComparison.Ordinal);
    }

    public void Dispose() => sandbox.Dispose();

    private static string MoveWeights(string version, string target)
    {
        Directory.CreateDirectory(target);
        File.Copy(Path.Combine(version, GoldenTensors.FileName), Path.Combine(target, GoldenTensors.FileName));
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(version, "model.onnx")));
        using var data = File.Create(Path.Combine(target, "weights.bin"));
        foreach (var tensor in model.Graph.Initializer)
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{data.Position}" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{tensor.RawData.Length}" });
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.RawData.WriteTo(data);
            tensor.ClearRawData();
        }
        File.WriteAllBytes(Path.Combine(target, "model.onnx"), model.ToByteArray());
        return target;
    }
}
