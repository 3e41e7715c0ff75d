using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Tests.Onnx;

public sealed class ModelCheckerTests : IDisposable
{
    private static readonly Dictionary<string, (Action<ModelProto> Damage, string Message)> Faults = new()
    {
        ["no graph"] = (model => model.Graph = null, "no graph"),
        ["another domain"] = (model => model.OpsetImport[0].Domain = "com.microsoft", "expected the standard's operators only"),
        ["an opset too low"] = (model => model.OpsetImport[0].Version = 10, "operator set 10, expected 11 to 21"),
        ["an opset too high"] = (model => model.OpsetImport[0].Version = 22, "operator set 22, expected 11 to 21"),
        ["an IR version too low"] = (model => model.IrVersion = 6, "IR version 6, expected 7 or higher for operator set 13"),
        ["two initializers of one name"] = (
            model => model.Graph.Initializer[1].Name = "C1.weight", "\"C1.weight\" is empty or occurs twice"),
        ["data too short"] = (
            model => Tensor(model, "C1.bias").RawData = Google.Protobuf.ByteString.Empty, "0 bytes of raw data, expected 24"),
        ["impossible dimensions"] = (model => Tensor(model, "C1.bias").Dims[0] = -1, "expected a numeric type and possible dimensions"),
        ["a text as constant"] = (model => Tensor(model, "C1.bias").DataType = 8, "is string 6, expected a numeric type"),
        ["data elsewhere"] = (
            model => Tensor(model, "C1.bias").DataLocation = TensorProto.Types.DataLocation.External, "raw data, expected 24"),
        ["no input"] = (model => model.Graph.Input.Clear(), "0 inputs and 1 outputs"),
        ["no output"] = (model => model.Graph.Output.Clear(), "1 inputs and 0 outputs"),
        ["an input without shape"] = (model => model.Graph.Input[0].Type.TensorType.Shape = null, "without element type or shape"),
        ["two nodes of one name"] = (model => model.Graph.Node[1].Name = model.Graph.Node[0].Name, "expected unique names"),
        ["a node without name"] = (model => model.Graph.Node[1].Name = "", "expected unique names"),
        ["a node before its input"] = (Swap, "is not known here"),
        ["two tensors of one name"] = (model => model.Graph.Node[1].Output[0] = "C1", "tensor name \"C1\" is empty or occurs twice"),
        ["an unknown operator"] = (model => model.Graph.Node[1].OpType = "Frobnicate", "Frobnicate"),
        ["inputs too few"] = (model => Shorten(model.Graph.Node[0].Input), "cannot open the graph"),
        ["an unknown attribute"] = (model => model.Graph.Node[0].AddInt("speed", 3), "speed"),
        ["a shape that is not inferred"] = (
            model => model.Graph.ValueInfo[0].Type.TensorType.Shape.Dim[1].DimValue = 7, "\"C1\" is declared as float32 batch×7×28×28"),
        ["a type that is not inferred"] = (model => model.Graph.ValueInfo[0].Type.TensorType.ElemType = 10, "is declared as float16"),
        ["a value declared twice"] = (model => model.Graph.ValueInfo.Add(model.Graph.ValueInfo[0].Clone()), "\"C1\" is declared twice"),
        ["a declared value without node"] = (
            model => model.Graph.ValueInfo[0].Name = "ghost", "\"ghost\" is declared and no node computes it"),
        ["a metadata key twice"] = (
            model => model.MetadataProps.Add(model.MetadataProps[0].Clone()), "is empty or occurs twice"),
    };

    private readonly TemporaryDirectory temporary = new();

    public static TheoryData<string> FaultNames => new(Faults.Keys);

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Check_ModelWithOneFault_NamesIt(string fault)
    {
        var model = Exported();
        ModelChecker.Check(model);

        Faults[fault].Damage(model);

        var exception = Assert.Throws<InvalidDataException>(() => ModelChecker.Check(model));
        Assert.Contains(Faults[fault].Message, exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => temporary.Dispose();

    private static TensorProto Tensor(ModelProto model, string name) => model.Graph.Initializer.Single(tensor => tensor.Name == name);

    private static void Shorten(Google.Protobuf.Collections.RepeatedField<string> inputs)
    {
        while (inputs.Count > 1)
            inputs.RemoveAt(1);
    }

    private static void Swap(ModelProto model)
    {
        var first = model.Graph.Node[0].Clone();
        model.Graph.Node.RemoveAt(0);
        model.Graph.Node.Insert(1, first);
    }

    private ModelProto Exported()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"), images: 2);
        var bytes = RunExport.Export(new() { Run = run.Path, Name = "net" }, TestContext.Current.CancellationToken).Model;
        return OnnxFile.Parse("the model", bytes);
    }
}
