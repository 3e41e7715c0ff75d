using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Models;

public sealed class ModelContentTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("weights.bin", 0, false)]
    [InlineData("model.onnx.data", 64, true)]
    [InlineData("weights/of/all.bin", 4096, false)]
    public void Read_DataBesideTheModel_GivesTheModelWithItsDataInside(string location, int offset, bool withoutLength)
    {
        var external = new TinyOnnx { DataLocation = location, DataOffset = offset, DataWithoutLength = withoutLength };
        Directory.CreateDirectory(Path.GetDirectoryName(directory["external", location])!);
        var path = external.Write(directory["external"]);
        var inside = new TinyOnnx().Write(directory["inside"]);

        var content = ModelContent.Read(path);

        Assert.Equal([location], content.DataFiles);
        Assert.Equal(external.ToBytes().Length + external.ToData().Length, content.Length);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData([.. external.ToBytes(), .. external.ToData()])), content.Sha256);
        Assert.Equal(Answers(inside), Answers(path));
    }

    [Fact]
    public void Read_DataInside_IsTheFileItself()
    {
        var path = new TinyOnnx().Write(directory["m"]);

        var content = ModelContent.Read(path);

        Assert.Equal(File.ReadAllBytes(path), content.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content.Bytes)), content.Sha256);
        Assert.Empty(content.DataFiles);
    }

    [Fact]
    public void Read_ModelAndDataAreLinksIntoOneFolder_IsRead()
    {
        var whole = new TinyOnnx { DataLocation = "model.onnx.data" }.Write(directory["snapshot"]);
        Directory.CreateDirectory(directory["blobs"]);
        foreach (var name in new[] { "model.onnx", "model.onnx.data" })
        {
            File.Move(directory["snapshot", name], directory["blobs", "of-" + name]);
            File.CreateSymbolicLink(directory["snapshot", name], Path.Combine("..", "blobs", "of-" + name));
        }

        Assert.Equal(["model.onnx.data"], ModelContent.Read(whole).DataFiles);

        File.Delete(whole);
        File.Copy(directory["blobs", "of-model.onnx"], whole);
        Assert.Contains(
            "expected a file inside the model's folder", Assert.Throws<InferenceException>(() => ModelContent.Read(whole)).Message);
    }

    [Theory]
    [InlineData("model.onnx", "the file is a pointer of Git LFS, expected an ONNX model: fetch it by git lfs pull")]
    [InlineData("weights.bin", "weights.bin: the file is a pointer of Git LFS, expected the values of tensor \"")]
    public void Read_PointerOfGitLfs_SaysWhatToDo(string name, string expected)
    {
        var path = new TinyOnnx { DataLocation = "weights.bin" }.Write(directory["m"]);
        File.WriteAllText(directory["m", name], "version https://git-lfs.github.com/spec/v1\n");

        Assert.Contains(expected, Assert.Throws<InferenceException>(() => ModelContent.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("sub/../../weights.bin")]
    [InlineData("sub/../weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("")]
    public void Read_LocationThatCanLeadOut_IsRefused(string location)
    {
        File.WriteAllBytes(directory["weights.bin"], new TinyOnnx().ToData());
        Directory.CreateDirectory(directory["m", "sub"]);
        File.WriteAllBytes(directory["m", "weights.bin"], new TinyOnnx().ToData());
        File.WriteAllBytes(directory["m", "model.onnx"], new TinyOnnx { DataLocation = location }.ToBytes());

        var exception = Assert.Throws<InferenceException>(() => ModelContent.Read(directory["m", "model.onnx"]));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains($"data in \"{location}\", expected a path inside the model's folder", exception.Message);
    }

    [Theory]
    [InlineData(".weights.bin", false)]
    [InlineData(".hidden/weights.bin", false)]
    [InlineData("a/b/c/weights.bin", false)]
    [InlineData("./a/b/weights.bin", true)]
    public void Read_DataThatPollingDoesNotSee_IsRefused(string location, bool isRead)
    {
        var model = new TinyOnnx { DataLocation = location };
        Directory.CreateDirectory(Path.GetDirectoryName(directory["m", location])!);
        File.WriteAllBytes(directory["m", location], model.ToData());
        File.WriteAllBytes(directory["m", "model.onnx"], model.ToBytes());

        var exception = Record.Exception(() => ModelContent.Read(directory["m", "model.onnx"]));

        Assert.Equal(isRead, exception is null);
        if (!isRead)
            Assert.Contains($"data in \"{location}\", expected a path of at most 2 folders and a file, none of them", exception!.Message);
    }

    [Theory]
    [InlineData("weights.bin", "../outside.bin")]
    [InlineData("sub/weights.bin", null)]
    public void Read_LinkOutOfTheFolder_IsRefused(string location, string? target)
    {
        var model = new TinyOnnx { DataLocation = location };
        File.WriteAllBytes(directory["outside.bin"], model.ToData());
        Directory.CreateDirectory(directory["elsewhere"]);
        File.WriteAllBytes(directory["elsewhere", "weights.bin"], model.ToData());
        Directory.CreateDirectory(directory["m"]);
        File.WriteAllBytes(directory["m", "model.onnx"], model.ToBytes());
        if (target is null)
            Directory.CreateSymbolicLink(directory["m", "sub"], directory["elsewhere"]);
        else
            File.CreateSymbolicLink(directory["m", location], target);

        var exception = Assert.Throws<InferenceException>(() => ModelContent.Read(directory["m", "model.onnx"]));

        Assert.Contains("expected a file inside the model's folder", exception.Message);
    }

    [Fact]
    public void Read_LinksAsKubernetesMakesThem_AreFollowed()
    {
        new TinyOnnx { DataLocation = "weights.bin" }.Write(directory["m", "..2026_11_29"]);
        Directory.CreateSymbolicLink(directory["m", "..data"], "..2026_11_29");
        File.CreateSymbolicLink(directory["m", "model.onnx"], "..data/model.onnx");
        File.CreateSymbolicLink(directory["m", "weights.bin"], "..data/weights.bin");
        Directory.CreateSymbolicLink(directory["linked"], directory["m"]);

        Assert.Equal(ModelContent.Read(directory["m", "model.onnx"]).Sha256, ModelContent.Read(directory["linked", "model.onnx"]).Sha256);
    }

    [Fact]
    public void Read_DataInTheWorkingDirectoryOnly_IsMissing()
    {
        var location = $"lenetserve-{Guid.NewGuid():N}.bin";
        var model = new TinyOnnx { DataLocation = location };
        File.WriteAllBytes(directory["model.onnx"], model.ToBytes());
        File.WriteAllBytes(location, model.ToData());
        try
        {
            var exception = Assert.Throws<InferenceException>(() => ModelContent.Read(directory["model.onnx"]));

            Assert.Contains($"{directory[location]} does not exist", exception.Message);
        }
        finally
        {
            File.Delete(location);
        }
    }

    [Fact]
    public void Read_DataTooShort_NamesTensorAndFile()
    {
        var model = new TinyOnnx { DataLocation = "weights.bin" };
        var path = model.Write(directory["m"]);
        File.WriteAllBytes(directory["m", "weights.bin"], model.ToData()[..^1]);

        var exception = Assert.Throws<InferenceException>(() => ModelContent.Read(path));

        Assert.Contains("weights.bin has 191 bytes, and tensor \"w\" takes 192 of them from 0", exception.Message);
    }

    [Fact]
    public void Read_LongerThanMemory_IsRefusedBeforeItIsRead()
    {
        var path = new TinyOnnx().Write(directory["m"]);
        using (var file = File.OpenWrite(path))
            file.SetLength(1L << 42);

        var exception = Assert.Throws<InferenceException>(() => ModelContent.Read(path));

        Assert.Contains("expected at most", exception.Message);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("weights.bin")]
    [InlineData("labels.txt")]
    public void Open_FileIsAPipe_IsRefusedAtOnce(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the check of a file's type is Linux's");
        var path = new TinyOnnx { DataLocation = "weights.bin" }.Write(directory["m"], "a\nb\nc\n");
        File.Delete(directory["m", name]);
        using (var mkfifo = Process.Start("mkfifo", [directory["m", name]]))
            mkfifo.WaitForExit();

        var exception = Assert.Throws<InferenceException>(() => ClassifierModel.Open(path));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains($"{name} is a FIFO, expected a regular file", exception.Message);
    }

    [Fact]
    public void Of_DataElsewhere_IsRefused()
    {
        var bytes = new TinyOnnx { DataLocation = "weights.bin" }.ToBytes();

        var exception = Assert.Throws<InferenceException>(() => ClassifierModel.Open("the model", bytes));

        Assert.Contains("the model: tensor \"w\" is in the file weights.bin, expected all data in the model", exception.Message);
    }

    [Fact]
    public void Run_DataFileCutAfterOpening_AnswersAsBefore()
    {
        var path = new TinyOnnx { DataLocation = "weights.bin" }.Write(directory["m"]);
        using var model = ClassifierModel.Open(path);
        var before = Answers(model);

        File.WriteAllBytes(directory["m", "weights.bin"], []);

        Assert.Equal(before, Answers(model));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void Open_BadWeight_NamesTheTensor(float value, string text)
    {
        var model = new TinyOnnx();
        var weights = model.Stripes();
        weights[7] = value;
        var inside = (model with { Weights = weights }).Write(directory["inside"]);
        var beside = (model with { Weights = weights, DataLocation = "weights.bin" }).Write(directory["beside"]);
        var bias = (model with { Bias = [0, value, 0] }).Write(directory["bias"]);

        Assert.Contains($"weight \"w\" holds {text} at 7, expected finite numbers", Refusal(inside));
        Assert.Contains($"weight \"w\" holds {text} at 7, expected finite numbers", Refusal(beside));
        Assert.Contains($"weight \"b\" holds {text} at 1, expected finite numbers", Refusal(bias));
    }

    [Fact]
    public void Open_DoubleBeyondTheRangeOfFloats_NamesTheTensor()
    {
        var model = new TinyOnnx();
        var beyond = (model with { DoubleBias = [0, 0, 1e300] }).Write(directory["beyond"]);
        var within = (model with { DoubleBias = [0, 0, 1e3] }).Write(directory["within"]);

        Assert.Contains("weight \"b64\" holds 1E+300 at 2, expected finite numbers of 32 bits", Refusal(beyond));
        using var opened = ClassifierModel.Open(within);
        Assert.Equal(3, opened.Facts.Classes);
    }

    [Fact]
    public void Open_FiniteWeightsThatOverflow_NamesTheOutput()
    {
        var model = new TinyOnnx();
        var path = (model with { Weights = model.Stripes(float.MaxValue) }).Write(directory["m"]);

        Assert.Contains("output \"output\" is NaN or infinite", Refusal(path));
    }

    [Theory]
    [InlineData(TensorProto.Types.DataType.Float, true)]
    [InlineData(TensorProto.Types.DataType.Float16, true)]
    [InlineData(TensorProto.Types.DataType.Float16, false)]
    [InlineData(TensorProto.Types.DataType.Bfloat16, true)]
    [InlineData(TensorProto.Types.DataType.Bfloat16, false)]
    public void Open_BadConstantOfANode_NamesTheTensor(TensorProto.Types.DataType type, bool isRaw)
    {
        var bad = new TensorProto { DataType = (int)type, Dims = { 2 } };
        int[] bits = type == TensorProto.Types.DataType.Float16 ? [0x3c00, 0x7e00] : [0x3f80, 0x7fc0];
        if (type == TensorProto.Types.DataType.Float)
            bad.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([1, float.NaN]));
        else if (isRaw)
            bad.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(Array.ConvertAll(bits, value => (ushort)value).AsSpan()));
        else
            bad.Int32Data.Add(bits);
        var model = ModelProto.Parser.ParseFrom(new TinyOnnx().ToBytes());
        var node = new NodeProto { OpType = "Constant", Output = { "bound" } };
        node.Attribute.Add(new AttributeProto { Name = "value", T = bad, Type = AttributeProto.Types.AttributeType.Tensor });
        model.Graph.Node.Insert(0, node);
        var path = Path.Combine(Directory.CreateDirectory(directory["m"]).FullName, "model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        Assert.Contains("weight \"bound\" holds NaN at 1, expected finite numbers", Refusal(path));
    }

    [Fact]
    public void Open_ModelWithAManifestWhoseWeightsOverflow_NamesTheOutput()
    {
        var model = ModelProto.Parser.ParseFrom(
            File.ReadAllBytes(Path.Combine(RepositoryRoot.Find(), "models", "lenet5-mnist", "1", "model.onnx")));
        var weights = model.Graph.Initializer.Single(tensor => tensor.Name == "C5.weight");
        var values = MemoryMarshal.Cast<byte, float>(weights.RawData.Span).ToArray();
        var huge = Array.ConvertAll(values, value => value < 0 ? -3e38f : 3e38f);
        weights.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(huge.AsSpan()));
        var path = Path.Combine(Directory.CreateDirectory(directory["m"]).FullName, "model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        Assert.Contains("output \"probabilities\" is NaN or infinite", Refusal(path));
    }

    [Fact]
    public void ToAnswer_OutputOfOneImageIsNaN_IsRefused()
    {
        using var model = ClassifierModel.Open(new TinyOnnx().WithNaN().Write(directory["m"]));
        var outputs = new float[3];
        model.Run([255, .. new byte[15]], outputs);

        var exception = Assert.Throws<InferenceException>(() => model.ToAnswer(outputs));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Equal("the model's output \"output\" is NaN or infinite for this image", exception.Message);
    }

    private static string Refusal(string path)
    {
        var exception = Assert.Throws<InferenceException>(() => ClassifierModel.Open(path));
        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        return exception.Message;
    }

    private static float[] Answers(string path)
    {
        using var model = ClassifierModel.Open(path);
        return Answers(model);
    }

    private static float[] Answers(ClassifierModel model)
    {
        var pixels = new byte[4 * model.Facts.Input.Count];
        new Random(4).NextBytes(pixels);
        var outputs = new float[4 * model.Facts.Classes];
        model.Run(pixels, outputs);
        return outputs;
    }
}
