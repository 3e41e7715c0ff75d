using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Models;

/// <summary>Test images with torch's answers. A program that loads the model can prove that it answers alike.</summary>
/// <param name="Shape">Shape of one image, C×H×W.</param>
/// <param name="Pixels">Raw pixels 0..255, N×C×H×W.</param>
/// <param name="Logits">torch's outputs before the softmax, N×classes.</param>
/// <param name="Probabilities">torch's probabilities, N×classes.</param>
public sealed record GoldenTensors(TensorShape Shape, byte[] Pixels, float[] Logits, float[] Probabilities)
{
    /// <summary>File name in a run directory and in a model version.</summary>
    public const string FileName = "golden.safetensors";

    /// <summary>Number of images.</summary>
    public int Count => Pixels.Length / Shape.Count;

    /// <summary>Number of classes.</summary>
    public int Classes => Probabilities.Length / Count;

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape than the others ask for.</exception>
    public static GoldenTensors Read(string path)
    {
        var file = SafetensorsFile.Read(path);
        var pixels = file["pixels"];
        if (pixels.Type != TensorType.U8 || pixels.Shape.Length != 4 || pixels.Shape[0] < 1)
            throw new InvalidDataException($"{path}: pixels is {pixels}, expected U8 N×C×H×W with one image at least");
        var count = pixels.Shape[0];
        var probabilities = file["probabilities"];
        if (probabilities.Type != TensorType.F32 || probabilities.Shape is not [var answers, >= 1] || answers != count)
            throw new InvalidDataException($"{path}: probabilities is {probabilities}, expected F32 {count}×classes");
        var logits = file["logits"];
        if (logits.Type != TensorType.F32 || !logits.Shape.AsSpan().SequenceEqual(probabilities.Shape))
            throw new InvalidDataException($"{path}: logits is {logits}, expected {probabilities}");
        var shape = new TensorShape(pixels.Shape[1], pixels.Shape[2], pixels.Shape[3]);
        return new(shape, pixels.Data.ToArray(), logits.ToSingles(), probabilities.ToSingles());
    }

    /// <summary>Writes the file, under a temporary name first.</summary>
    public void Write(string path) => SafetensorsFile.Write(path,
    [
        ("pixels", new(TensorType.U8, [Count, Shape.Channels, Shape.Height, Shape.Width], Pixels)),
        ("logits", StoredTensor.From(Logits, Count, Classes)),
        ("probabilities", StoredTensor.From(Probabilities, Count, Classes)),
    ]);
}
