namespace LeNetServe.Trainer.Commands;

/// <summary>The request for a network's table.</summary>
internal sealed record DescribeOptions
{
    /// <summary>Name of a variant, or path of a file of layers.</summary>
    public required string Variant { get; init; }

    /// <summary>Channels of the input.</summary>
    public required int Channels { get; init; }

    public required int Classes { get; init; }

    /// <summary>Print the layers as JSON.</summary>
    public bool Json { get; init; }
}
