using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The Exporter takes every network that the Trainer trains. An export compares the file's answers with torch's.</summary>
public sealed class TrainToExportTests
{
    private const string Windows = """
        {
          "layers": [
            { "type": "convolution", "name": "C1", "maps": 6, "kernel": 5, "padding": 2 },
            { "type": "activation", "name": "C1_relu", "function": "relu" },
            { "type": "pooling", "name": "S2", "size": 3, "stride": 2 },
            { "type": "convolution", "name": "C3", "maps": 16, "kernel": 3, "stride": 2, "padding": 1 },
            { "type": "activation", "name": "C3_silu", "function": "silu" },
            { "type": "pooling", "name": "S4", "kind": "average", "size": 3, "stride": 2, "padding": 1 },
            { "type": "dense", "name": "output" },
            { "type": "softmax", "name": "softmax" }
          ]
        }
        """;

    [Theory]
    [InlineData("lenet5-sparse")]
    [InlineData("lenet5-1998")]
    public async Task Export_ConnectionTableTrainedByMuon_TakesTheRun(string variant)
    {
        using var folder = new TemporaryFolder();
        var run = await Train(folder, variant, "--optimizer", "muon");

        (await BuiltProgram.Run("Exporter", folder.Path, "export", "--run", run, "--repository", "models", "--name", "trained"))
            .Expect(ExitCode.Success);
    }

    [Fact]
    public async Task Export_StrideAndPaddingInEveryOpset_AgreesWithTorch()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("windows.json"), Windows, TestContext.Current.CancellationToken);
        var run = await Train(folder, "windows.json");

        for (var opset = 11; opset <= 21; opset++)
        {
            string[] export = ["export", "--run", run, "--repository", "models", "--name", $"opset-{opset}", "--opset", $"{opset}"];
            (await BuiltProgram.Run("Exporter", folder.Path, export)).Expect(ExitCode.Success);
        }
    }

    private static async Task<string> Train(TemporaryFolder folder, string variant, params string[] options)
    {
        (await BuiltProgram.Run("Trainer", folder.Path,
            ["train", "--dataset", "strokes", "--variant", variant, "--epochs", "1", "--out", "runs", .. options]))
            .Expect(ExitCode.Success);
        return Assert.Single(Directory.GetDirectories(folder.Combine("runs")));
    }
}
