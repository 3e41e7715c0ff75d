namespace LeNetServe.Exporter.Inspect;

/// <summary>What an ONNX file holds, anybody's.</summary>
internal sealed record ModelInspection
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the content is what was written: <c>intact</c>, or <c>none</c> for a file without a seal.</summary>
    public required string Seal { get; init; }

    /// <summary>IR version.</summary>
    public required long IrVersion { get; init; }

    /// <summary>Operator sets by domain; the standard's domain is <c>ai.onnx</c>.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Producer { get; init; }

    /// <summary>Its doc string.</summary>
    public required string Doc { get; init; }

    /// <summary>The graph's name.</summary>
    public required string Graph { get; init; }

    /// <summary>The inputs that are no constants.</summary>
    public required IReadOnlyList<TensorInfo> Inputs { get; init; }

    /// <summary>The outputs.</summary>
    public required IReadOnlyList<TensorInfo> Outputs { get; init; }

    /// <summary>The nodes, in the file's order.</summary>
    public required IReadOnlyList<NodeInfo> Nodes { get; init; }

    /// <summary>How often each operator occurs.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Values of all constants.</summary>
    public required long Parameters { get; init; }

    /// <summary>Size of all constants.</summary>
    public required long ParameterBytes { get; init; }

    /// <summary>The metadata, in the file's order.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Whether this project's server would serve the file.</summary>
    public required bool Served { get; init; }

    /// <summary>What the server would miss, and what it does without it.</summary>
    public required IReadOnlyList<string> MissingForServer { get; init; }
}
