using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Running;

public sealed class GraphSessionTests
{
    [Fact]
    public void OutputTypes_OpenBatch_HasItsName()
    {
        using var session = new GraphSession(new TinyOnnx().ToBytes());

        Assert.Equal(["pixels"], session.Inputs);
        Assert.Equal(1, session.OutputTypes["output"].Element);
        Assert.Equal(["N", "3"], session.OutputTypes["output"].Dimensions);
    }

    [Fact]
    public void Open_NoGraph_SaysSo()
    {
        var exception = Assert.Throws<InferenceException>(() => new GraphSession([]));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains("cannot open the graph", exception.Message);
    }

    [Fact]
    public void Run_WrongShape_NamesTheInput()
    {
        using var session = new GraphSession(new TinyOnnx().ToBytes());

        var exception = Assert.Throws<InferenceException>(() => session.Run(Inputs(StoredTensor.From(new float[9], 1, 1, 3, 3))));

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains("the graph cannot compute [pixels, F32 1×1×3×3]", exception.Message);
    }

    [Fact]
    public void Run_TensorOfIntegers_IsAnArgumentFault()
    {
        using var session = new GraphSession(new TinyOnnx().ToBytes());

        var exception = Assert.Throws<ArgumentException>(() => session.Run(Inputs(new(TensorType.I64, [1], new byte[8]))));

        Assert.Contains("a tensor of I64, expected F32 or U8", exception.Message);
    }

    private static Dictionary<string, StoredTensor> Inputs(StoredTensor pixels) => new() { ["pixels"] = pixels };
}
