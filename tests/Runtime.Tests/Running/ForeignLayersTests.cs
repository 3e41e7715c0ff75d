using LeNetServe.Onnx;
using LeNetServe.Runtime.Running;

namespace LeNetServe.Runtime.Tests.Running;

public sealed class ForeignLayersTests
{
    private readonly GraphProto graph = new();
    private readonly Dictionary<string, string[]> dimensions = [];

    [Fact]
    public void Of_AGraphWithNormsAndActivations_GivesTheEndOfEachLayer()
    {
        Add("Conv", ["image"], "a", "N", "8", "28", "28");
        Add("BatchNormalization", ["a"], "b", "N", "8", "28", "28");
        Add("Relu", ["b"], "c", "N", "8", "28", "28");
        Add("MaxPool", ["c"], "d", "N", "8", "14", "14");
        Add("Conv", ["d"], "e", "N", "8", "14", "14");
        Add("Add", ["d", "e"], "f", "N", "8", "14", "14");
        Add("Relu", ["f"], "g", "N", "8", "14", "14");
        Add("Flatten", ["g"], "h", "N", "1568");
        Add("Gemm", ["h"], "i", "N", "10");
        Add("Softmax", ["i"], "j", "N", "10");

        // Two nodes read d, so that its layer ends there.
        Assert.Equal(["c", "d", "g", "i"], ForeignLayers.Of(graph, dimensions));
    }

    [Fact]
    public void Of_LayersOfTooManyValuesOrOfUnknownShape_LeavesThemOut()
    {
        Add("Conv", ["image"], "large", "N", "64", "112", "112");
        Add("MaxPool", ["large"], "most", "N", "32", "32", "32");
        Add("MatMul", ["most"], "tokens", "N", "50", "64");
        Add("MaxPool", ["most"], "unknown", "N", "8", "H", "W");
        Add("GlobalAveragePool", ["most"], "last", "1", "32", "1", "1");

        Assert.Equal(["most", "last"], ForeignLayers.Of(graph, dimensions));
    }

    [Fact]
    public void Of_ADeepGraph_GivesTwelveLayersFromTheFirstToTheLast()
    {
        for (var layer = 0; layer < 50; layer++)
            Add("Conv", [$"{layer - 1}"], $"{layer}", "N", "8", "7", "7");

        var layers = ForeignLayers.Of(graph, dimensions).Select(int.Parse).ToArray();

        Assert.Equal([0, 4, 8, 13, 17, 22, 26, 31, 35, 40, 44, 49], layers);
    }

    private void Add(string operation, string[] inputs, string output, params string[] shape)
    {
        graph.Node.Add(new NodeProto { OpType = operation, Input = { inputs }, Output = { output } });
        dimensions[output] = shape;
    }
}
