using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Specs;
using LeNetServe.Tests;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Runtime.Tests.Models;

public sealed class GraphFactsTests
{
    public static TheoryData<byte[], string> Unfit => new()
    {
        {
            SmallGraph.Identity(DataType.Double, "N", "1", "4", "4"),
            "input \"pixels\" is Double N×1×4×4, expected a float32 or uint8 tensor"
        },
        {
            SmallGraph.Identity(DataType.Float, "N", "4", "4"),
            "input \"pixels\" is Float N×4×4, expected N×C×H×W or N×H×W×C with fixed C, H and W"
        },
        { SmallGraph.Identity(DataType.Float, "", "1", "4", "w"), "input \"pixels\" is Float ?×1×4×w, expected N×C×H×W" },
        {
            SmallGraph.Identity(DataType.Float, "N", "4", "4", "4"),
            "is Float N×4×4×4, expected 1 or 3 channels at the second or the last place"
        },
        { SmallGraph.Identity(DataType.Uint8, "N", "3", "1", "1"), "output \"output\" is UInt8 N×3×1×1, expected a float32 tensor" },
        {
            SmallGraph.Identity(DataType.Float, "N", "1", "4", "4"),
            "output \"output\" is Float N×1×4×4, expected N×classes with a fixed number of classes"
        },
        { SmallGraph.Reshaped(["2", "1", "4", "4"], "32"), "output \"output\" is Float 32, expected N×classes" },
        {
            new TinyOnnx { Metadata = new Dictionary<string, string> { ["Image.BitmapPixelFormat"] = "Rgba8" } }.ToBytes(),
            "metadata Image.BitmapPixelFormat is Rgba8, expected Gray8, Rgb8 or Bgr8"
        },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Read_NoImageClassifier_NamesTypeAndShape(byte[] model, string expected)
    {
        var exception = Assert.Throws<InferenceException>(() => ClassifierModel.Open("the model", model));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains(expected, exception.Message);
    }

    [Theory]
    [InlineData("N", 3, 1, 1, null, 4)]
    [InlineData("2", 3, 1, 1, 2, 4)]
    public void Read_ClassesBeforeDimensionsOfOne_AreTheOutput(
        string batch, int channels, int height, int width, int? fixedBatch, int rank)
    {
        using var model = ClassifierModel.Open(
            "the model", SmallGraph.Identity(DataType.Float, batch, $"{channels}", $"{height}", $"{width}"));

        Assert.Equal(channels, model.Facts.Classes);
        Assert.Equal(fixedBatch, model.Facts.FixedBatch);
        Assert.Equal(rank, model.Facts.OutputRank);
        Assert.Equal(OutputKind.Scores, model.Facts.Output);
        Assert.False(model.Facts.BlueFirst);
        var outputs = new float[channels];
        model.Run([1, 2, 3], outputs);
        Assert.Equal([1, 2, 3], outputs);
    }

    [Fact]
    public void Read_OneImageWithoutBatchInTheOutput_IsAClassifier()
    {
        using var model = ClassifierModel.Open("the model", SmallGraph.Reshaped(["1", "2", "5", "3"], "30"));
        var outputs = new float[60];

        model.Run([.. Enumerable.Range(0, 60).Select(value => (byte)value)], outputs);

        Assert.Equal((TensorLayout.Nhwc, 30, 1), (model.Facts.Layout, model.Facts.Classes, model.Facts.OutputRank));
        Assert.Equal(new TensorShape(3, 2, 5), model.Facts.Input);
        Assert.Equal(2, model.Facts.Imaging.ContentSize);
        Assert.Equal([0, 10, 20, 1, 11, 21], outputs[..6]);
        Assert.Equal([30, 40, 50], outputs[30..33]);
    }
}
