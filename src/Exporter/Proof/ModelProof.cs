namespace LeNetServe.Exporter.Proof;

/// <summary>The figures of a model before it is published: the report, as JSON and Markdown.</summary>
internal sealed record ModelProof
{
    /// <summary>Gets the model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the run's id.</summary>
    public required string Run { get; init; }

    public required string Variant { get; init; }

    /// <summary>Gets the options that shape the file.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Gets the SHA-256 of <c>model.onnx</c>, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the size of <c>model.onnx</c>.</summary>
    public required int Bytes { get; init; }

    /// <summary>Gets the number of nodes in the graph.</summary>
    public required int Nodes { get; init; }

    /// <summary>Gets the number of parameters in the graph.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets ONNX Runtime's version.</summary>
    public required string OnnxRuntime { get; init; }

    /// <summary>Gets the comparison with torch's answers.</summary>
    public required GoldenParity Golden { get; init; }

    /// <summary>Gets the comparison with double precision, layer by layer.</summary>
    public IReadOnlyList<LayerDeparture> Layers { get; init; } = [];

    /// <summary>Gets the figures on the whole test set; null if they were not asked for.</summary>
    public DatasetProof? Dataset { get; init; }

    /// <summary>Gets remarks for the reader of the figures.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Gets whether the model may be published.</summary>
    public bool Passed => Golden.Passed && Dataset?.Passed != false;

    /// <summary>Gets the layer whose values depart most, relative to their size.</summary>
    public LayerDeparture? WorstLayer => Layers.MaxBy(layer => layer.Relative);
}
