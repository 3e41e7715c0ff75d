namespace LeNetServe.Exporter.Proof;

/// <summary>What is known of a model before it is published: the report, as JSON and Markdown.</summary>
internal sealed record ModelProof
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>The variant.</summary>
    public required string Variant { get; init; }

    /// <summary>The options that shape the file.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>SHA-256 of <c>model.onnx</c>, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size of <c>model.onnx</c>.</summary>
    public required int Bytes { get; init; }

    /// <summary>Nodes of the graph.</summary>
    public required int Nodes { get; init; }

    /// <summary>Parameters in the graph.</summary>
    public required long Parameters { get; init; }

    /// <summary>ONNX Runtime's version.</summary>
    public required string OnnxRuntime { get; init; }

    /// <summary>Against torch's answers.</summary>
    public required GoldenParity Golden { get; init; }

    /// <summary>Layer by layer against double precision.</summary>
    public IReadOnlyList<LayerDeparture> Layers { get; init; } = [];

    /// <summary>On the whole test set; null where it was not asked for.</summary>
    public DatasetProof? Dataset { get; init; }

    /// <summary>What the reader should know beside the figures.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether it may be published.</summary>
    public bool Passed => Golden.Passed && Dataset?.Passed != false;

    /// <summary>The layer whose values depart most, relative to their size.</summary>
    public LayerDeparture? WorstLayer => Layers.MaxBy(layer => layer.Relative);
}
