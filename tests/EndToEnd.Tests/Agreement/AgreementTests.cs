using LeNetServe.Client;
using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Models;
using LeNetServe.Runs;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The same top-1 at every hop, with real processes over real sockets.</summary>
public sealed class AgreementTests
{
    [Fact]
    public Task Top1_TrainedOnStrokes_IsTheSameAtEveryHop() => TrainAndCompare(new() { Name = "strokes" }, "lenet5");

    [Fact]
    public Task Top1_TrainedOnMnist_IsTheSameAtEveryHop() => TrainAndCompare(new() { Name = "mnist", Directory = RealData.Mnist() }, "lenet5-bn");

    [Fact]
    public async Task Top1_OfTheShippedMnistModel_IsTheSameAtEveryHop() =>
        await CompareShipped("lenet5-mnist", new() { Name = "mnist", Directory = RealData.Mnist() }, 0.99);

    [Fact]
    public async Task Top1_OfTheShippedCifarModel_IsTheSameAtEveryHop() =>
        await CompareShipped("lenet5-cifar10", new() { Name = "folder", Directory = RealData.CifarJpeg() }, 0.65);

    private static async Task TrainAndCompare(DatasetRequest request, string variant)
    {
        using var folder = new TemporaryFolder();
        string[] data = request.Directory is null ? [] : ["--data", request.Directory];
        (await BuiltProgram.Run("Trainer", folder.Path, ["train", "--dataset", request.Name, .. data, "--variant", variant, "--epochs", "1", "--out", "runs"]))
            .Expect(ExitCode.Success);
        var run = new RunDirectory(Assert.Single(Directory.GetDirectories(folder.Combine("runs"))));
        (await BuiltProgram.Run("Trainer", folder.Path, ["evaluate", "--run", run.Path, .. data, "--answers", "answers.safetensors"])).Expect(ExitCode.Success);
        (await BuiltProgram.Run("Exporter", folder.Path, "export", "--run", run.Path, "--repository", "models", "--name", "trained")).Expect(ExitCode.Success);

        var torch = Hops.Torch(GoldenTensors.Read(folder.Combine("answers.safetensors")));
        var onnx = await CompareHops(folder.Combine("models"), "trained", DatasetCatalog.Open(request, TestContext.Current.CancellationToken));

        AssertSame(torch, onnx, "torch and ONNX Runtime");
    }

    private static async Task CompareShipped(string model, DatasetRequest request, double leastAccuracy)
    {
        var models = Path.Combine(RepositoryTree.Root, "models");
        var dataset = DatasetCatalog.Open(request, TestContext.Current.CancellationToken);

        var onnx = await CompareHops(models, model, dataset, request.Name == "folder" ? Path.Combine(request.Directory!, "test") : null);

        var correct = onnx.Zip(dataset.Test.Labels).Count(pair => pair.First == pair.Second);
        Assert.True(correct >= leastAccuracy * onnx.Length, $"{correct} of {onnx.Length} are right, expected {leastAccuracy:P0}");
    }

    /// <summary>
    /// Compares ONNX Runtime, the server (raw pixels and image files) and the batch scorer (in process and through the server); returns ONNX Runtime's.
    /// The files are the pictures that the data set was loaded from, or PNGs of its images.
    /// </summary>
    private static async Task<int[]> CompareHops(string models, string model, ImageDataset dataset, string? pictures = null)
    {
        using var folder = new TemporaryFolder();
        var files = ImageFiles.Of(dataset, pictures);
        ImageFiles.Write(dataset, files, folder.Path);
        var version = Path.Combine(models, model);
        var onnx = Hops.OnnxRuntime(version, dataset.Test);
        await using var server = await ServerProcess.Start(models);

        var pixels = Enumerable.Range(0, dataset.Test.Count).Select(index => ImageSource.Pixels(dataset.Test.Image(index).ToArray()));
        AssertSame(onnx, await Hops.Server(server, model, pixels), "ONNX Runtime and the server, raw pixels");
        AssertSame(onnx, await Hops.Server(server, model, files.Select(file => ImageSource.Encoded(file))), "ONNX Runtime and the server, files");
        AssertSame(onnx, await Hops.BatchScorer(folder.Path, onnx.Length, "--model", version), "ONNX Runtime and the batch scorer");
        AssertSame(onnx, await Hops.BatchScorer(folder.Path, onnx.Length, "--model", model, "--server", server.GrpcUrl), "ONNX Runtime and the batch scorer through the server");
        return onnx;
    }

    private static void AssertSame(int[] expected, int[] actual, string hops)
    {
        Assert.Equal(expected.Length, actual.Length);
        var different = Enumerable.Range(0, expected.Length).Where(index => expected[index] != actual[index]).ToArray();
        Assert.True(different.Length == 0, $"{hops} differ on {different.Length} of {expected.Length} images, first {string.Join(", ", different.Take(10))}");
    }
}
