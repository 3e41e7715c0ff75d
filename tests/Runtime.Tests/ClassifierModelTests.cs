using System.Runtime.InteropServices;
using LeNetServe.Models;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Runtime.Running;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests;

public sealed class ClassifierModelTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Open_ForeignClassifier_InfersItsFacts()
    {
        using var model = Open(new TinyOnnx { Channels = 3, Height = 5, Width = 6 }, "cat\ndog\nowl\n");

        Assert.Null(model.Facts.Manifest);
        Assert.Equal(new TensorShape(3, 5, 6), model.Facts.Input);
        Assert.Equal(["cat", "dog", "owl"], model.Facts.Labels);
        Assert.Equal(TensorLayout.Nchw, model.Facts.Layout);
        Assert.Null(model.Facts.FixedBatch);
        Assert.Equal(OutputKind.Probabilities, model.Facts.Output);
        Assert.Equal(64, model.Facts.Sha256.Length);
        Assert.Null(model.CheckGolden());
    }

    [Fact]
    public void Open_ModelDirectory_TakesTheHighestVersion()
    {
        new TinyOnnx { Classes = 3 }.Write(directory["m", "9"]);
        new TinyOnnx { Classes = 4 }.Write(directory["m", "10"]);
        Directory.CreateDirectory(directory["m", "11"]);
        new TinyOnnx { Classes = 5 }.Write(directory["m", "12.tmp"]);

        using var model = ClassifierModel.Open(directory["m"]);

        Assert.Equal(4, model.Facts.Classes);
        Assert.Equal(["0", "1", "2", "3"], model.Facts.Labels);
    }

    [Fact]
    public void Open_NoSuchFile_IsNotFound() =>
        Assert.Equal(InferenceErrorKind.NotFound, Assert.Throws<InferenceException>(() => ClassifierModel.Open(directory["nothing"])).Kind);

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Open_NoClassifier_SaysWhatWasExpected(byte[] bytes, string labels, string expected)
    {
        File.WriteAllBytes(directory["model.onnx"], bytes);
        if (labels != "")
            File.WriteAllText(directory["labels.txt"], labels);

        var exception = Assert.Throws<InferenceException>(() => ClassifierModel.Open(directory.Path));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains(directory["model.onnx"], exception.Message);
        Assert.Contains(expected, exception.Message);
    }

    [Fact]
    public void Open_LabelsInAnotherEncoding_NamesTheFirst()
    {
        File.WriteAllBytes(directory["model.onnx"], new TinyOnnx().ToBytes());
        File.WriteAllBytes(directory["labels.txt"], [.. "tea\ncaf"u8, 0xe9, .. "\nmilk\n"u8]);

        var exception = Assert.Throws<InferenceException>(() => ClassifierModel.Open(directory.Path));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Equal(
            $"{directory["labels.txt"]}: label 2, \"caf\ufffd\", is not UTF-8, expected UTF-8, or UTF-16 with a byte order mark",
            exception.Message);
    }

    public static TheoryData<byte[], string, string> Unfit => new()
    {
        { [1, 2, 3], "", "cannot open it" },
        { [], "", "cannot open it" },
        { new TinyOnnx().ToBytes()[..^40], "", "cannot open it" },
        { new TinyOnnx { ExtraInputs = 1 }.ToBytes(), "", "2 inputs (pixels, extra0), expected one" },
        { new TinyOnnx { Channels = 5 }.ToBytes(), "", "expected 1 or 3 channels" },
        { new TinyOnnx().ToBytes(), "only\ntwo", "2 labels, expected 3" },
        { WithMetadata(ModelManifest.MetadataKey, "{}").ToBytes(), "", "is not a manifest" },
        { WithMetadata("Image.NominalPixelRange", "NominalRange_16_235").ToBytes(), "", "Normalized_0_1" },
    };

    [Theory]
    [InlineData(false, false, null, 1)]
    [InlineData(false, false, null, 40)]
    [InlineData(true, false, null, 5)]
    [InlineData(false, true, null, 5)]
    [InlineData(true, true, null, 5)]
    [InlineData(false, false, 1, 3)]
    [InlineData(false, false, 4, 7)]
    public void Classify_AnyTypeLayoutAndBatch_GivesTheSameAnswers(bool bytes, bool nhwc, int? fixedBatch, int count)
    {
        var tiny = new TinyOnnx { Channels = 3, UInt8 = bytes, Nhwc = nhwc, FixedBatch = fixedBatch };
        if (nhwc)
            tiny = tiny with { Weights = ToNhwc(tiny) };
        using var model = Open(tiny);
        var pixels = RandomPixels(count * tiny.Pixels);
        var fromBytes = new float[count * 3];
        var fromFloats = new float[count * 3];

        model.Classify(pixels, fromBytes);
        model.RunFloats(MemoryMarshal.AsBytes<float>([.. pixels.Select(pixel => (float)pixel)]), fromFloats);

        Assert.Equal(fromBytes, fromFloats);
        var weights = new TinyOnnx { Channels = 3 }.Stripes();
        for (var image = 0; image < count; image++)
        {
            var scores = new float[3];
            for (var k = 0; k < 3; k++)
                for (var p = 0; p < tiny.Pixels; p++)
                    scores[k] += weights[(k * tiny.Pixels) + p] * pixels[(image * tiny.Pixels) + p];
            TopK.Softmax(scores);
            for (var k = 0; k < 3; k++)
                Assert.Equal(scores[k], fromBytes[(image * 3) + k], 1e-4f);
        }
    }

    [Fact]
    public void Classify_ModelOfScores_AppliesTheSoftmax()
    {
        var pixels = RandomPixels(16);
        var raw = new float[3];
        var probabilities = new float[3];
        var expected = new float[3];
        using var scores = Open(new TinyOnnx { Softmax = false });
        scores.Run(pixels, raw);
        scores.Classify(pixels, probabilities);
        Assert.Equal(OutputKind.Scores, scores.Facts.Output);

        using var softmax = Open(new TinyOnnx());
        softmax.Classify(pixels, expected);

        Assert.NotEqual(1, raw.Sum(), 1e-3f);
        for (var k = 0; k < 3; k++)
            Assert.Equal(expected[k], probabilities[k], 1e-6f);
    }

    [Theory]
    [InlineData("Normalized_0_1", 1 / 255f, 0f)]
    [InlineData("Normalized_1_1", 2 / 255f, -1f)]
    public void Run_PixelRangeInMetadata_IsApplied(string name, float scale, float offset)
    {
        var tiny = new TinyOnnx { Softmax = false, Weights = [.. new TinyOnnx().Stripes(1)] };
        var pixels = RandomPixels(16);
        var raw = new float[3];
        var ranged = new float[3];
        using (var model = Open(tiny))
            model.RunFloats(MemoryMarshal.AsBytes<float>([.. pixels.Select(pixel => (pixel * scale) + offset)]), raw);
        using (var model = Open(tiny with { Metadata = WithMetadata("Image.NominalPixelRange", name).Metadata }))
            model.Run(pixels, ranged);

        for (var k = 0; k < 3; k++)
            Assert.Equal(raw[k], ranged[k], 1e-4f);
    }

    [Fact]
    public void Run_BlueFirst_SwapsTheChannels()
    {
        var tiny = new TinyOnnx { Channels = 3, Softmax = false };
        var pixels = RandomPixels(48);
        byte[] swapped = [.. pixels[32..], .. pixels[16..32], .. pixels[..16]];
        var expected = new float[3];
        var found = new float[3];
        using (var model = Open(tiny))
            model.Run(swapped, expected);
        using (var model = Open(tiny with { Metadata = new Dictionary<string, string> { ["Image.BitmapPixelFormat"] = "Bgr8" } }))
            model.Run(pixels, found);

        Assert.Equal(expected, found);
    }

    [Fact]
    public void Classify_AfterTheFirstCall_AllocatesNothing()
    {
        using var model = Open(new TinyOnnx());
        var pixels = RandomPixels(16 * 20);
        var outputs = new float[3 * 20];
        for (var warmUp = 0; warmUp < 100; warmUp++)
            model.Classify(pixels, outputs);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 100; call++)
            model.Classify(pixels, outputs);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Classify_ManyThreads_EachGetsItsOwnAnswer()
    {
        using var model = Open(new TinyOnnx());
        var inputs = Enumerable.Range(0, 64).Select(seed => RandomPixels(16, seed)).ToArray();
        var expected = inputs.Select(input => Classify(model, input)).ToArray();

        Parallel.For(
            0,
            5000,
            new() { MaxDegreeOfParallelism = 16 },
            index => Assert.Equal(expected[index % 64], Classify(model, inputs[index % 64])));
    }

    [Theory]
    [InlineData(15, 3, "15 bytes, expected a multiple of 16 (1@4×4)")]
    [InlineData(0, 0, "0 bytes, expected a multiple of 16")]
    [InlineData(32, 3, "room for 3 outputs, expected 2×3")]
    public void Classify_WrongLengths_Throws(int pixels, int outputs, string expected)
    {
        using var model = Open(new TinyOnnx());

        Assert.Contains(
            expected, Assert.Throws<ArgumentException>(() => model.Classify(new byte[pixels], new float[outputs])).Message);
    }

    [Fact]
    public void CheckGolden_EqualAndAlteredAnswers_PassesAndFails()
    {
        var pixels = RandomPixels(16 * 8);
        var probabilities = new float[3 * 8];
        using (var model = Open(new TinyOnnx()))
            model.Classify(pixels, probabilities);
        var golden = new GoldenTensors(new(1, 4, 4), pixels, new float[3 * 8], probabilities);
        golden.Write(directory["golden.safetensors"]);
        using var honest = Open(new TinyOnnx());
        using var altered = Open(new TinyOnnx { Bias = [1f, 0f, 0f] });

        Assert.True(honest.CheckGolden()!.Passed);
        Assert.Equal(0, honest.CheckGolden()!.MaxDifference);
        var failed = altered.CheckGolden()!;
        Assert.False(failed.Passed);
        var answers = new float[3 * 8];
        altered.Classify(pixels, answers);
        Assert.Equal(
            Enumerable.Range(0, 8).Count(row => TopK.ArgMax(answers.AsSpan(3 * row, 3)) != TopK.ArgMax(probabilities.AsSpan(3 * row, 3))),
            failed.Disagreements);
        Assert.True(failed.MaxDifference > 0.01);
    }

    [Fact]
    public void CheckGolden_TruncatedFile_IsAnInvalidModel()
    {
        File.WriteAllBytes(directory["golden.safetensors"], [1, 2, 3]);
        using var model = Open(new TinyOnnx());

        Assert.Equal(InferenceErrorKind.InvalidModel, Assert.Throws<InferenceException>(model.CheckGolden).Kind);
    }

    [Fact]
    public void GraphSession_AnyGraph_GivesEveryOutputByName()
    {
        using var session = new GraphSession(new TinyOnnx { Metadata = new Dictionary<string, string> { ["k"] = "v" } }.ToBytes());

        var outputs = session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = StoredTensor.From(new float[32], 2, 1, 4, 4) });

        Assert.Equal([2, 3], outputs["output"].Shape);
        Assert.All(outputs["output"].ToSingles(), value => Assert.Equal(1 / 3f, value, 1e-6f));
        Assert.Equal("v", session.Metadata["k"]);
    }

    private static TinyOnnx WithMetadata(string key, string value) => new() { Metadata = new Dictionary<string, string> { [key] = value } };

    private ClassifierModel Open(TinyOnnx tiny, string? labels = null)
    {
        tiny.Write(directory.Path, labels);
        return ClassifierModel.Open(directory.Path);
    }

    private static float[] Classify(ClassifierModel model, byte[] pixels)
    {
        var probabilities = new float[model.Facts.Classes];
        model.Classify(pixels, probabilities);
        return probabilities;
    }

    private static byte[] RandomPixels(int length, int seed = 1)
    {
        var pixels = new byte[length];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    private static float[] ToNhwc(TinyOnnx tiny)
    {
        var plane = tiny.Height * tiny.Width;
        var stripes = tiny.Stripes();
        return [.. from k in Enumerable.Range(0, tiny.Classes)
                   from p in Enumerable.Range(0, plane)
                   from c in Enumerable.Range(0, tiny.Channels)
                   select stripes[(k * tiny.Pixels) + (c * plane) + p]];
    }
}
