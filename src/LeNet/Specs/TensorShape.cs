using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>The shape of one example between two layers: C×H×W, without the batch dimension. A vector is n×1×1.</summary>
public readonly record struct TensorShape(int Channels, int Height, int Width)
{
    /// <summary>A vector of <paramref name="length"/> values, n×1×1.</summary>
    public static TensorShape Vector(int length) => new(length, 1, 1);

    /// <summary>Number of values: C·H·W.</summary>
    [JsonIgnore]
    public int Count => Channels * Height * Width;

    /// <summary>Height and width are both 1.</summary>
    [JsonIgnore]
    public bool IsVector => Height == 1 && Width == 1;

    /// <summary>LeCun's notation, <c>6@28×28</c>; a vector is its length.</summary>
    public override string ToString() => IsVector ? $"{Channels}" : $"{Channels}@{Height}×{Width}";
}
