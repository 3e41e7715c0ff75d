using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The Exporter takes every network that the Trainer trains.</summary>
public sealed class TrainToExportTests
{
    [Theory]
    [InlineData("lenet5-sparse")]
    [InlineData("lenet5-1998")]
    public async Task Export_ConnectionTableTrainedByMuon_TakesTheRun(string variant)
    {
        using var folder = new TemporaryFolder();
        (await BuiltProgram.Run("Trainer", folder.Path, "train", "--dataset", "strokes", "--variant", variant, "--optimizer", "muon",
            "--epochs", "1", "--out", "runs"))
            .Expect(ExitCode.Success);
        var run = Assert.Single(Directory.GetDirectories(folder.Combine("runs")));

        (await BuiltProgram.Run("Exporter", folder.Path, "export", "--run", run, "--repository", "models", "--name", "trained"))
            .Expect(ExitCode.Success);
    }
}
