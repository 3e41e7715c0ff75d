using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Emit;

/// <summary>The form of the file to write.</summary>
internal sealed record ExportOptions
{
    /// <summary>Operator set, 11 to 21. A lower one opens in older tools; the lowest IR version that carries it is written.</summary>
    public int Opset { get; init; } = 13;

    /// <summary>Element type of the input <c>pixels</c>. Values are 0..255 in both.</summary>
    public InputType InputType { get; init; } = InputType.Float32;

    /// <summary>Order of the input's dimensions.</summary>
    public TensorLayout Layout { get; init; } = TensorLayout.Nchw;

    /// <summary>Images per run; null: any number, the dimension is named <c>batch</c>.</summary>
    public int? Batch { get; init; }

    /// <summary>The file's outputs.</summary>
    public ModelOutputs Outputs { get; init; } = ModelOutputs.Probabilities;

    /// <summary>Type of weights and arithmetic. Outputs are float32 in both.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Text for people, in the file's doc string; null: a sentence about variant and data set.</summary>
    public string? Doc { get; init; }

    /// <summary>License of the weights, in the metadata; null: none is stated.</summary>
    public string? License { get; init; }

    /// <summary>Author, in the metadata; null: none is stated.</summary>
    public string? Author { get; init; }
}
