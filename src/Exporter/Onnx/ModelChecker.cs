using System.Diagnostics.CodeAnalysis;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.Exporter.Onnx;

/// <summary>
/// Checks a model that this project wrote: versions, unique names, topological order, sizes of initializers. ONNX Runtime checks the
/// operators and infers the shapes; every declared shape must be the inferred one.
/// </summary>
internal sealed class ModelChecker
{
    private readonly ModelProto model;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    private ModelChecker(ModelProto model) => this.model = model;

    /// <summary>Throws at the first fault.</summary>
    /// <exception cref="InvalidDataException">
    /// The model breaks a rule; the message names node or tensor, what was found and what was expected.
    /// </exception>
    public static void Check(ModelProto model)
    {
        CheckVersions(model);
        var checker = new ModelChecker(model);
        checker.CheckInitializers();
        checker.CheckInputs();
        checker.CheckNodes();
        checker.CheckDeclarations();
        checker.CheckMetadata();
    }

    private static void CheckVersions(ModelProto model)
    {
        if (model.Graph is null)
            Fail("the model has no graph");
        if (model.OpsetImport.Count != 1 || model.OpsetImport[0].Domain != "")
            Fail($"opset_import is [{string.Join(", ", model.OpsetImport)}], expected the standard's operators only");
        var opset = model.OpsetImport[0].Version;
        if (opset is < OpsetVersions.Lowest or > OpsetVersions.Highest)
            Fail($"operator set {opset}, expected {OpsetVersions.Lowest} to {OpsetVersions.Highest}");
        if (model.IrVersion < OpsetVersions.LowestIr((int)opset))
            Fail($"IR version {model.IrVersion}, expected {OpsetVersions.LowestIr((int)opset)} or higher for operator set {opset}");
    }

    private void CheckInitializers()
    {
        foreach (var tensor in model.Graph.Initializer)
        {
            Declare(tensor.Name);
            var count = TensorData.Count(tensor);
            var size = TensorData.SizeOf(tensor.DataType);
            if (count < 0 || size == 0)
                Fail($"initializer \"{tensor.Name}\" is {TensorData.Describe(tensor)}, expected a numeric type and possible dimensions");
            if (tensor.DataLocation != TensorProto.Types.DataLocation.Default || tensor.RawData.Length != count * size)
                Fail($"initializer \"{tensor.Name}\" has {tensor.RawData.Length} bytes of raw data, expected {count * size}");
        }
    }

    private void CheckInputs()
    {
        if (model.Graph.Input.Count == 0 || model.Graph.Output.Count == 0)
            Fail($"{model.Graph.Input.Count} inputs and {model.Graph.Output.Count} outputs, expected one of each at least");
        foreach (var input in model.Graph.Input)
        {
            _ = ValueType.From(input);
            Declare(input.Name);
        }
    }

    private void CheckNodes()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Node)
        {
            if (node.Name == "" || !names.Add(node.Name))
                Fail($"node name \"{node.Name}\" ({node.OpType}) is empty or occurs twice, expected unique names");
            if (node.Input.FirstOrDefault(input => !known.Contains(input)) is { } unknown)
                Fail($"node {node.Name}: input \"{unknown}\" is not known here, expected an input, an initializer or an earlier output");
            foreach (var output in node.Output)
                Declare(output);
        }
    }

    private void CheckDeclarations()
    {
        var inferred = Infer();
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in model.Graph.ValueInfo.Concat(model.Graph.Output))
        {
            if (!declared.Add(value.Name))
                Fail($"\"{value.Name}\" is declared twice");
            if (!inferred.TryGetValue(value.Name, out var type))
                throw new InvalidDataException($"\"{value.Name}\" is declared and no node computes it");
            if (!ValueType.From(value).Admits(type))
                Fail($"\"{value.Name}\" is declared as {ValueType.From(value)}, expected {type}, which follows from the nodes");
        }
    }

    private IReadOnlyDictionary<string, ValueType> Infer()
    {
        try
        {
            return InferredTypes.Of(model);
        }
        catch (InferenceException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private void CheckMetadata()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in model.MetadataProps)
            if (entry.Key == "" || !keys.Add(entry.Key))
                Fail($"metadata key \"{entry.Key}\" is empty or occurs twice");
    }

    private void Declare(string name)
    {
        if (name == "" || !known.Add(name))
            Fail($"tensor name \"{name}\" is empty or occurs twice, expected unique names");
    }

    [DoesNotReturn]
    private static void Fail(string message) => throw new InvalidDataException(message);
}
