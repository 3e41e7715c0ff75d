namespace LeNetServe.Exporter.Inspect;

/// <summary>The content of an ONNX file of any origin.</summary>
internal sealed record ModelInspection
{
    public required string Path { get; init; }

    /// <summary>Gets the data files beside the model, relative to its folder.</summary>
    public required IReadOnlyList<string> DataFiles { get; init; }

    /// <summary>Gets the size of the file and its data files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Gets the SHA-256 of the file and its data files, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the seal's state: <c>intact</c>, or <c>none</c> for a file without a seal.</summary>
    public required string Seal { get; init; }

    /// <summary>Gets the IR version.</summary>
    public required long IrVersion { get; init; }

    /// <summary>Gets the operator sets by domain; the standard's domain is <c>ai.onnx</c>.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>Gets the program that wrote the file.</summary>
    public required string Producer { get; init; }

    /// <summary>Gets the doc string.</summary>
    public required string Doc { get; init; }

    /// <summary>Gets the graph's name.</summary>
    public required string Graph { get; init; }

    /// <summary>Gets the inputs that are not constants.</summary>
    public required IReadOnlyList<TensorInfo> Inputs { get; init; }

    public required IReadOnlyList<TensorInfo> Outputs { get; init; }

    /// <summary>Gets the nodes in the file's order.</summary>
    public required IReadOnlyList<NodeInfo> Nodes { get; init; }

    /// <summary>Gets the number of nodes for each operator.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Gets the number of values in all constants.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets the size of all constants.</summary>
    public required long ParameterBytes { get; init; }

    /// <summary>Gets the metadata in the file's order.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Gets whether this project's server would serve the file.</summary>
    public required bool Served { get; init; }

    /// <summary>Gets the things that the server would miss, and its behavior without them.</summary>
    public required IReadOnlyList<string> MissingForServer { get; init; }
}
