using LeNetServe.Exporter.Proof;

namespace LeNetServe.Exporter.Commands;

/// <summary>What <c>export</c> prints.</summary>
internal static class ExportText
{
    /// <summary>A few lines about what was published.</summary>
    public static void Write(ModelProof proof, string directory)
    {
        foreach (var note in proof.Notes)
            Console.WriteLine($"note: {note}");
        Console.WriteLine($"{proof.Variant} of run {proof.Run}: {proof.Nodes} nodes, {proof.Parameters:N0} parameters, {proof.Bytes:N0} bytes, {string.Join(", ", proof.Options.Select(option => $"{option.Key} {option.Value}"))}");
        Console.WriteLine($"golden: {proof.Golden}");
        if (proof.WorstLayer is { } worst)
            Console.WriteLine($"layers: {worst.Layer} departs most from double precision, by {worst.MaxDifference:0.0e0} of {worst.Magnitude:0.###}");
        if (proof.Dataset is { } dataset)
            Console.WriteLine($"test set: {dataset}{(dataset.TorchAccuracy is { } torch ? $" (torch {torch:P2})" : "")}");
        Console.WriteLine($"sha256: {proof.Sha256}");
        Console.WriteLine($"published: {directory}");
    }
}
