using System.Diagnostics.CodeAnalysis;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Check;

/// <summary>
/// Checks what was written before anything else opens it: versions, unique names, topological order, every input known, each operator's
/// arity, attributes and types, initializers' sizes, and that every declared shape is the inferred one.
/// </summary>
internal sealed class ModelChecker
{
    private readonly ModelProto model;
    private readonly long opset;
    private readonly Dictionary<string, TensorProto> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ValueType> types = new(StringComparer.Ordinal);

    private ModelChecker(ModelProto model, long opset) => (this.model, this.opset) = (model, opset);

    /// <summary>Types and shapes of every tensor in the graph, inferred; throws at the first fault.</summary>
    /// <exception cref="InvalidDataException">The model breaks a rule; the message names node or tensor, what was found and what was expected.</exception>
    public static IReadOnlyDictionary<string, ValueType> Check(ModelProto model)
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
        var checker = new ModelChecker(model, opset);
        checker.CheckInitializers();
        checker.CheckInputs();
        checker.CheckNodes();
        checker.CheckDeclarations();
        checker.CheckMetadata();
        return checker.types;
    }

    private void CheckInitializers()
    {
        foreach (var tensor in model.Graph.Initializer)
        {
            Declare(tensor.Name, new((TensorProto.Types.DataType)tensor.DataType, [.. tensor.Dims.Select(size => (Dimension)size)]));
            constants.Add(tensor.Name, tensor);
            var (count, size) = (TensorData.Count(tensor), TensorData.SizeOf(tensor.DataType));
            if (count < 0 || size == 0)
                Fail($"initializer \"{tensor.Name}\" is {TensorData.NameOf(tensor.DataType)} [{string.Join(", ", tensor.Dims)}], expected a numeric type and possible dimensions");
            if (tensor.DataLocation != TensorProto.Types.DataLocation.Default || tensor.RawData.Length != count * size)
                Fail($"initializer \"{tensor.Name}\" has {tensor.RawData.Length} bytes of raw data, expected {count * size}");
        }
    }

    private void CheckInputs()
    {
        if (model.Graph.Input.Count == 0 || model.Graph.Output.Count == 0)
            Fail($"{model.Graph.Input.Count} inputs and {model.Graph.Output.Count} outputs, expected one of each at least");
        foreach (var input in model.Graph.Input)
            Declare(input.Name, ValueType.From(input));
    }

    private void CheckNodes()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Node)
        {
            if (node.Name == "" || !names.Add(node.Name))
                Fail($"node name \"{node.Name}\" ({node.OpType}) is empty or occurs twice, expected unique names");
            if (node.Domain != "" || !OperatorRules.All.TryGetValue(node.OpType, out var rule))
                throw new InvalidDataException($"node {node.Name}: operator {node.Domain}{(node.Domain == "" ? "" : ".")}{node.OpType} is not among those written here: {string.Join(", ", OperatorRules.All.Keys)}");
            CheckNode(node, rule);
        }
    }

    private void CheckNode(NodeProto node, OperatorRule rule)
    {
        var perAxis = node.Find("axis") is not null && node.OpType is "QuantizeLinear" or "DequantizeLinear";
        var since = perAxis ? Math.Max(rule.Since, 13) : rule.Since;
        if (opset < since)
            Fail($"node {node.Name}: {node.OpType} in this form needs operator set {since}, the model has {opset}");
        if (node.Input.Count < rule.MinInputs || node.Input.Count > rule.MaxInputs || node.Output.Count != 1)
            Fail($"node {node.Name}: {node.OpType} with {node.Input.Count} inputs and {node.Output.Count} outputs, expected {rule.MinInputs} to {rule.MaxInputs} and 1");
        var attributes = node.Attribute.Select(attribute => attribute.Name).ToList();
        if (attributes.Distinct().Count() != attributes.Count || attributes.FirstOrDefault(name => !rule.Attributes.Contains(name)) is not null)
            Fail($"node {node.Name}: {node.OpType} with attributes [{string.Join(", ", attributes)}], expected [{string.Join(", ", rule.Attributes)}], each once at most");
        var inputs = node.Input.Select(name => types.TryGetValue(name, out var type)
            ? type
            : throw new InvalidDataException($"node {node.Name}: input \"{name}\" is not known at this place, expected an input, an initializer or an earlier node's output")).ToList();
        ValueType output;
        try
        {
            output = rule.Infer(new(node, inputs, constants));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"node {node.Name}: {exception.Message}", exception);
        }
        Declare(node.Output[0], output);
    }

    private void CheckDeclarations()
    {
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in model.Graph.ValueInfo.Concat(model.Graph.Output))
        {
            if (!declared.Add(value.Name))
                Fail($"\"{value.Name}\" is declared twice");
            if (!types.TryGetValue(value.Name, out var inferred))
                throw new InvalidDataException($"\"{value.Name}\" is declared and nothing computes it");
            var type = ValueType.From(value);
            if (!type.Matches(inferred))
                Fail($"\"{value.Name}\" is declared as {type}, expected {inferred}, which follows from the nodes");
        }
    }

    private void CheckMetadata()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in model.MetadataProps)
            if (entry.Key == "" || !keys.Add(entry.Key))
                Fail($"metadata key \"{entry.Key}\" is empty or occurs twice");
    }

    private void Declare(string name, ValueType type)
    {
        if (name == "" || !types.TryAdd(name, type))
            Fail($"tensor name \"{name}\" is empty or occurs twice, expected unique names");
    }

    [DoesNotReturn]
    private static void Fail(string message) => throw new InvalidDataException(message);
}
