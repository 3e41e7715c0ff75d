using LeNetServe.Client;
using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Models;
using LeNetServe.Runs;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The same top-1 at every hop, with real processes over real sockets.</summary>
public sealed class AgreementTests
{
    /// <summary>The largest difference allowed between the probabilities of torch and ONNX Runtime.</summary>
    private const float Tolerance = 1e-5f;

    [Fact]
    public Task Top1_TrainedOnStrokes_IsTheSameAtEveryHop() => TrainAndCompare(new() { Name = "strokes" }, "lenet5");

    [Fact]
    public Task Top1_TrainedOnMnist_IsTheSameAtEveryHop() =>
        TrainAndCompare(new() { Name = "mnist", Directory = RealData.Mnist() }, "lenet5-bn");

    [Fact]
    public async Task Top1_TrainedOnCifar_IsTheSameAtEveryHop() =>
        await TrainAndCompare(new() { Name = "folder", Directory = RealData.CifarJpeg() }, "lenet5-bn");

    [Fact]
    public async Task Top1_OfTheShippedMnistModel_IsTheSameAtEveryHop() =>
        await CompareShipped("lenet5-mnist", new() { Name = "mnist", Directory = RealData.Mnist() }, 0.99);

    [Fact]
    public async Task Top1_OfTheShippedModelOf1998_IsTheSameAtEveryHop() =>
        await CompareShipped("lenet5-1998", new() { Name = "mnist", Directory = RealData.Mnist() }, 0.99);

    [Fact]
    public async Task Top1_OfTheShippedCifarModel_IsTheSameAtEveryHop() =>
        await CompareShipped("lenet5-cifar10", new() { Name = "folder", Directory = RealData.CifarJpeg() }, 0.65);

    private static async Task TrainAndCompare(DatasetRequest request, string variant)
    {
        using var folder = new TemporaryFolder();
        string[] data = request.Directory is null ? [] : ["--data", request.Directory];
        (await BuiltProgram.Run(
            "Trainer", folder.Path, ["train", "--dataset", request.Name, .. data, "--variant", variant, "--epochs", "1", "--out", "runs"]))
            .Expect(ExitCode.Success);
        var run = new RunDirectory(Assert.Single(Directory.GetDirectories(folder.Combine("runs"))));
        (await BuiltProgram.Run("Trainer", folder.Path, ["evaluate", "--run", run.Path, .. data, "--answers", "answers.safetensors"]))
            .Expect(ExitCode.Success);
        (await BuiltProgram.Run("Exporter", folder.Path, "export", "--run", run.Path, "--repository", "models", "--name", "trained"))
            .Expect(ExitCode.Success);

        var torch = GoldenTensors.Read(folder.Combine("answers.safetensors"));
        var dataset = DatasetCatalog.Open(request, TestContext.Current.CancellationToken);
        var onnx = await CompareHops(folder.Combine("models"), "trained", dataset, Pictures(request));

        AssertSame(Hops.Best(torch.Probabilities, torch.Classes), Hops.Best(onnx, torch.Classes), "torch and ONNX Runtime");
        AssertClose(torch.Probabilities, onnx);
    }

    private static async Task CompareShipped(string model, DatasetRequest request, double leastAccuracy)
    {
        var models = Path.Combine(RepositoryTree.Root, "models");
        var dataset = DatasetCatalog.Open(request, TestContext.Current.CancellationToken);

        var onnx = Hops.Best(await CompareHops(models, model, dataset, Pictures(request)), dataset.Labels.Count);

        AssertSame(
            TorchOfShipped(Path.Combine(models, model), onnx.Length), onnx, "torch, recorded when the model was trained, and ONNX Runtime");
        var correct = onnx.Zip(dataset.Test.Labels).Count(pair => pair.First == pair.Second);
        Assert.True(correct >= leastAccuracy * onnx.Length, $"{correct} of {onnx.Length} are right, expected {leastAccuracy:P0}");
    }

    /// <summary>
    /// Compares ONNX Runtime, the server (raw pixels and files) and the batch scorer (in process and through the server). Returns ONNX
    /// Runtime's probabilities.
    /// The files are the pictures that the data set was loaded from, or PNGs of its images.
    /// </summary>
    private static async Task<float[]> CompareHops(string models, string model, ImageDataset dataset, string? pictures)
    {
        using var folder = new TemporaryFolder();
        var files = ImageFiles.Of(dataset, pictures);
        ImageFiles.Write(dataset, files, folder.Path);
        var version = Path.Combine(models, model);
        var probabilities = Hops.OnnxRuntime(version, dataset.Test);
        var onnx = Hops.Best(probabilities, dataset.Labels.Count);
        await using var server = await ServerProcess.Start(models);

        var pixels = Enumerable.Range(0, dataset.Test.Count).Select(index => ImageSource.Pixels(dataset.Test.Image(index).ToArray()));
        AssertSame(onnx, await Hops.Server(server, model, pixels), "ONNX Runtime and the server, raw pixels");
        AssertSame(
            onnx, await Hops.Server(server, model, files.Select(file => ImageSource.Encoded(file))), "ONNX Runtime and the server, files");
        AssertSame(onnx, await Hops.BatchScorer(folder.Path, onnx.Length, "--model", version), "ONNX Runtime and the batch scorer");
        AssertSame(onnx, await Hops.BatchScorer(folder.Path, onnx.Length, "--model", model, "--server", server.GrpcUrl),
            "ONNX Runtime and the batch scorer through the server");
        return probabilities;
    }

    /// <summary>torch's class of every test image, a byte each in the data set's order, recorded with the newest version's run.</summary>
    private static int[] TorchOfShipped(string model, int count)
    {
        var version = Directory.GetDirectories(model).Max(folder => int.Parse(Path.GetFileName(folder)));
        var file = Path.Combine(
            RepositoryTree.Root, "tests", "EndToEnd.Tests", "Agreement", "Shipped", $"{Path.GetFileName(model)}-{version}.top1.bin");
        Assert.True(
            File.Exists(file), $"no {RepositoryTree.Relative(file)}: record torch's answers when a model is shipped (evaluate --answers)");
        var classes = File.ReadAllBytes(file);
        Assert.True(
            classes.Length == count, $"{RepositoryTree.Relative(file)} has {classes.Length} bytes, expected one for each of {count}");
        return [.. classes.Select(@class => (int)@class)];
    }

    /// <summary>The folder of a data set's test images, if they are picture files.</summary>
    private static string? Pictures(DatasetRequest request) => request.Name == "folder" ? Path.Combine(request.Directory!, "test") : null;

    private static void AssertClose(float[] torch, float[] onnx)
    {
        Assert.Equal(torch.Length, onnx.Length);
        var furthest = torch.Zip(onnx, (one, other) => Math.Abs(one - other)).Max();
        Assert.True(
            furthest <= Tolerance, $"the probabilities of torch and ONNX Runtime are {furthest:g3} apart, expected at most {Tolerance:g3}");
        TestContext.Current.TestOutputHelper?.WriteLine($"torch and ONNX Runtime: {furthest:g3} apart at most");
    }

    private static void AssertSame(int[] expected, int[] actual, string hops)
    {
        Assert.Equal(expected.Length, actual.Length);
        var different = Enumerable.Range(0, expected.Length).Where(index => expected[index] != actual[index]).ToArray();
        Assert.True(
            different.Length == 0,
            $"{hops} differ on {different.Length} of {expected.Length} images, first {string.Join(", ", different.Take(10))}");
    }
}
