using LeNetServe.Datasets;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Tests.Interoperability;

public sealed class OpenCvMnistTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    [Fact]
    public void OpenCv_WholeMnistTestSet_GivesOnnxRuntimesAnswerOnEveryImage()
    {
        ForeignTool.OpenCv.Require();
        var mnist = DatasetCatalog.Open(
            new() { Name = "mnist", Directory = Repository.RequireData("mnist") }, TestContext.Current.CancellationToken).Test;
        var bytes = ShippedModel() ?? RandomModel();
        float[] answers;
        using (var model = new ModelUnderTest("", OnnxFile.Parse("", bytes)))
            answers = model.Probabilities(mnist.Pixels, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(temporary["mnist"]);
        File.WriteAllBytes(temporary["mnist/model.onnx"], bytes);
        new GoldenTensors(mnist.Shape, mnist.Pixels, answers, answers).Write(temporary["mnist/golden.safetensors"]);

        var answer = ForeignTool.OpenCv.Run([temporary["mnist"]]).Single();

        Assert.Null(answer.Error);
        Assert.Equal((10_000, 10_000), (answer.Images, answer.SameArgmax));
        Assert.InRange(answer.MaxDifference!.Value, 0, 1e-5);
    }

    public void Dispose() => temporary.Dispose();

    private static byte[]? ShippedModel()
    {
        var path = Path.Combine(Repository.Root, "models/lenet5-mnist/1/model.onnx");
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private byte[] RandomModel() => RunExport.Export(
        new() { Run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn")).Path, Name = "net" },
            TestContext.Current.CancellationToken).Model;
}
