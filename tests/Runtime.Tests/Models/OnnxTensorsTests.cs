using Google.Protobuf;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tests;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Runtime.Tests.Models;

public sealed class OnnxTensorsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Of_EveryPlace_GivesItsTensor()
    {
        var node = new NodeProto
        {
            Attribute =
            {
                new AttributeProto { T = Named("t"), Tensors = { Named("tensors") } },
                new AttributeProto { SparseTensor = Sparse("sparse"), SparseTensors = { Sparse("list") } },
                new AttributeProto { G = Graph("g"), Graphs = { Graph("graphs") } },
            },
        };
        var model = new ModelProto
        {
            Graph = new() { Initializer = { Named("weight") }, SparseInitializer = { Sparse("top") }, Node = { node } },
            Functions = { new FunctionProto { Node = { new NodeProto { Attribute = { new AttributeProto { T = Named("function") } } } } } },
        };

        Assert.Equal(
            ["weight", "top.values", "top.indices", "tensors", "t", "list.values", "list.indices", "sparse.values", "sparse.indices",
                "graphs", "g", "function"],
            OnnxTensors.Of(model).Select(tensor => tensor.Name));
    }

    [Fact]
    public void Of_NoGraph_GivesNone() => Assert.Empty(OnnxTensors.Of(new()));

    [Theory]
    [InlineData(DataType.Int8, 6)]
    [InlineData(DataType.Float16, 12)]
    [InlineData(DataType.Bfloat16, 12)]
    [InlineData(DataType.Int16, 12)]
    [InlineData(DataType.Uint16, 12)]
    [InlineData(DataType.Float, 24)]
    [InlineData(DataType.Int32, 24)]
    [InlineData(DataType.Uint32, 24)]
    [InlineData(DataType.Double, 48)]
    [InlineData(DataType.Int64, 48)]
    [InlineData(DataType.Uint64, 48)]
    [InlineData((DataType)15, 96)]
    public void Of_DataBesideWithoutLength_LengthFollowsFromTypeAndShape(DataType type, int length) =>
        Assert.Equal(length, ExternalData.Of(External(type, "w.bin"))!.Length);

    [Theory]
    [InlineData("offset")]
    [InlineData("length")]
    public void Read_EntryIsNoNumber_IsRefused(string key)
    {
        var tensor = External(DataType.Float, "w.bin");
        tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = "-4" });

        Assert.Contains($"external data with {key} \"-4\", expected a number of bytes", Refusal(tensor));
    }

    [Fact]
    public void Read_DataLargerThanMemory_IsRefused()
    {
        var tensor = External(DataType.Float, "w.bin");
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{long.MaxValue}" });

        Assert.Contains($"tensor \"w\" has {long.MaxValue} bytes in w.bin, expected at most", Refusal(tensor));
    }

    [Fact]
    public void Read_DataBehindTheEndOfTheFile_IsRefused()
    {
        var tensor = External(DataType.Float, "w.bin");
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{long.MaxValue}" });
        File.WriteAllBytes(directory["w.bin"], new byte[100]);

        Assert.Contains($"w.bin has 100 bytes, and tensor \"w\" takes 24 of them from {long.MaxValue}", Refusal(tensor));
    }

    [Fact]
    public void Read_SeveralTensors_ListsEachFileOnceInOrder()
    {
        var model = new ModelProto
        {
            Graph = new() { Initializer = { External(DataType.Float, "b"), External(DataType.Float, "a"), External(DataType.Float, "b") } },
        };
        File.WriteAllBytes(directory["model.onnx"], model.ToByteArray());
        File.WriteAllBytes(directory["a"], new byte[24]);
        File.WriteAllBytes(directory["b"], new byte[24]);

        Assert.Equal(["a", "b"], ModelContent.Read(directory["model.onnx"]).DataFiles);
    }

    [Theory]
    [InlineData(new[] { 1f, float.NaN }, 1L)]
    [InlineData(new[] { 1f, 2f }, null)]
    [InlineData(new[] { float.PositiveInfinity }, null)]
    [InlineData(new[] { float.NaN }, 0L)]
    public void FindBadValue_AnyForm_GivesThePlace(float[] values, long? place)
    {
        double[] doubles = [.. values.Select(value => (double)value)];
        Half[] halves = [.. values.Select(value => (Half)value)];
        TensorProto[] forms =
        [
            new() { DataType = (int)DataType.Float, RawData = Raw(values), Dims = { values.Length } },
            new() { DataType = (int)DataType.Float16, RawData = Raw(halves), Dims = { values.Length } },
            new() { DataType = (int)DataType.Double, RawData = Raw(doubles), Dims = { values.Length } },
            new() { DataType = (int)DataType.Float, FloatData = { values }, Dims = { values.Length } },
            new() { DataType = (int)DataType.Double, DoubleData = { doubles }, Dims = { values.Length } },
        ];

        Assert.All(forms, form => Assert.Equal(place, OnnxTensors.FindBadValue(form)?.Index));
    }

    [Fact]
    public void FindBadValue_DoubleBeyondTheRangeOfFloats_GivesThePlace()
    {
        double[] values = [1, 1e39];
        TensorProto raw = new() { DataType = (int)DataType.Double, RawData = Raw(values), Dims = { 2 } };
        TensorProto listed = new() { DataType = (int)DataType.Double, DoubleData = { values }, Dims = { 2 } };

        Assert.Equal((1, 1e39), OnnxTensors.FindBadValue(raw));
        Assert.Equal((1, 1e39), OnnxTensors.FindBadValue(listed));
    }

    private static ByteString Raw<T>(T[] values) where T : unmanaged =>
        ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values));

    private static TensorProto Named(string name) => new() { Name = name };

    private static SparseTensorProto Sparse(string name) => new() { Values = Named($"{name}.values"), Indices = Named($"{name}.indices") };

    private static GraphProto Graph(string name) => new() { Initializer = { Named(name) } };

    private static TensorProto External(DataType type, string location) => new()
    {
        Name = "w",
        DataType = (int)type,
        Dims = { 2, 3 },
        DataLocation = TensorProto.Types.DataLocation.External,
        ExternalData = { new StringStringEntryProto { Key = "location", Value = location } },
    };

    private string Refusal(TensorProto tensor)
    {
        File.WriteAllBytes(directory["model.onnx"], new ModelProto { Graph = new() { Initializer = { tensor } } }.ToByteArray());
        var exception = Assert.Throws<InferenceException>(() => ModelContent.Read(directory["model.onnx"]));
        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        return exception.Message;
    }
}
