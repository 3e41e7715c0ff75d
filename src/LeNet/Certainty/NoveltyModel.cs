using LeNetServe.Tensors;

namespace LeNetServe.Certainty;

/// <summary>
/// Scores how strange an image is: a small network beside the layers that classify. It was trained to tell training images from generated
/// strangers (Hendrycks, Mazeika, Dietterich 2019). The score rises with the odds of a stranger.
/// </summary>
/// <param name="Weight">Units×features.</param>
/// <param name="Bias">One value per unit. A unit is max(0, weight·features + bias).</param>
/// <param name="Output">One factor per unit.</param>
public sealed record NoveltyModel(double[] Weight, double[] Bias, double[] Output)
{
    /// <summary>Name of the file in a run directory.</summary>
    public const string FileName = "novelty.safetensors";

    /// <summary>The largest number of features.</summary>
    public const int MostFeatures = 4096;

    /// <summary>The number of features.</summary>
    public int Features => Weight.Length / Units;

    /// <summary>The number of units.</summary>
    public int Units => Bias.Length;

    /// <summary>Gets the score of one image.</summary>
    public float Score(ReadOnlySpan<float> features)
    {
        var score = 0.0;
        for (var unit = 0; unit < Units; unit++)
        {
            var sum = Bias[unit];
            for (var index = 0; index < features.Length; index++)
                sum += Weight[unit * features.Length + index] * features[index];
            score += Output[unit] * Math.Max(0, sum);
        }
        return (float)score;
    }

    /// <summary>Writes the file, under a temporary name first.</summary>
    public void Write(string path) => SafetensorsFile.Write(path,
    [
        ("weight", Stored(Weight, Units, Features)),
        ("bias", Stored(Bias, Units)),
        ("output", Stored(Output, Units)),
    ]);

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape than the others ask for.</exception>
    public static NoveltyModel Read(string path)
    {
        var file = SafetensorsFile.Read(path);
        var units = (int)file["bias"].Count;
        if (!file["output"].Shape.AsSpan().SequenceEqual([units]))
            throw new InvalidDataException($"{path}: tensor \"output\" is {file["output"]}, expected F32 {units}");
        if (file["weight"].Shape is not [var rows, _] || rows != units)
            throw new InvalidDataException($"{path}: tensor \"weight\" is {file["weight"]}, expected F32 {units}×features");
        return new(Values("weight"), Values("bias"), Values("output"));

        double[] Values(string name) => Array.ConvertAll(file[name].ToSingles(), value => (double)value);
    }

    private static StoredTensor Stored(double[] values, params int[] shape) =>
        StoredTensor.From(Array.ConvertAll(values, value => (float)value), shape);
}
