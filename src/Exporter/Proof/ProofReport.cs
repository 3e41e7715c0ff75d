using System.Text;

namespace LeNetServe.Exporter.Proof;

/// <summary>A proof as files: <c>report.json</c> for programs, <c>report.md</c> for people.</summary>
internal static class ProofReport
{
    /// <summary>File name of the JSON form.</summary>
    public const string JsonName = "report.json";

    /// <summary>File name of the Markdown form.</summary>
    public const string MarkdownName = "report.md";

    /// <summary>Returns the Markdown form.</summary>
    public static string ToMarkdown(ModelProof proof)
    {
        var golden = proof.Golden;
        var options = string.Join(", ", proof.Options.Select(option => $"{option.Key} {option.Value}"));
        var text = new StringBuilder()
            .AppendLine($"# {proof.Name}: {(proof.Passed ? "proved" : "refused")}").AppendLine()
            .AppendLine($"Run `{proof.Run}`, variant `{proof.Variant}`.").AppendLine($"Options: {options}.").AppendLine()
            .AppendLine("| | |").AppendLine("|---|---|")
            .AppendLine($"| SHA-256 of `model.onnx` | `{proof.Sha256}` |")
            .AppendLine($"| size | {proof.Bytes:N0} bytes, {proof.Nodes} nodes, {proof.Parameters:N0} parameters |")
            .AppendLine($"| golden images with torch's best class | {golden.SameArgmax} of {golden.Images} |")
            .AppendLine($"| largest difference of a probability | {golden.MaxDifference:0.0e0} (tolerance {golden.Tolerance:0.0e0}) |")
            .AppendLine($"| mean difference of a probability | {golden.MeanDifference:0.0e0} |");
        if (golden.MaxLogitDifference is { } logit)
            text.AppendLine($"| largest difference of a logit | {logit:0.0e0} |");
        if (proof.Dataset is { } dataset)
            text.AppendLine($"| test set | {dataset}{(dataset.TorchAccuracy is { } torch ? $"; torch {torch:P2}" : "")} |");
        text.AppendLine($"| measured with | ONNX Runtime {proof.OnnxRuntime} on the CPU |");
        if (proof.WorstLayer is { } worst)
            AppendLayers(text, worst, proof.Layers);
        foreach (var note in proof.Notes)
            text.AppendLine().AppendLine(note);
        return text.ToString();
    }

    private static void AppendLayers(StringBuilder text, LayerDeparture worst, IReadOnlyList<LayerDeparture> layers)
    {
        text.AppendLine().AppendLine("## Layer by layer, against double precision").AppendLine()
            .AppendLine($"{worst.Layer} departs most.").AppendLine()
            .AppendLine("| layer | largest difference | mean difference | largest value | relative |").AppendLine("|---|---|---|---|---|");
        foreach (var layer in layers)
            text.Append($"| {layer.Layer} | {layer.MaxDifference:0.0e0} | {layer.MeanDifference:0.0e0} ")
                .AppendLine($"| {layer.Magnitude:0.###} | {layer.Relative:0.0e0} |");
    }
}
