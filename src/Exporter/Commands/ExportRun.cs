using System.Text.Json;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Publish;
using LeNetServe.Files;

namespace LeNetServe.Exporter.Commands;

/// <summary>A call of <c>export</c>.</summary>
/// <param name="request">The run and the file to write.</param>
/// <param name="target">The target of the files.</param>
/// <param name="report">A directory for the report, also if nothing is published; null for none.</param>
/// <param name="output">Takes the text for the user.</param>
internal sealed class ExportRun(ExportRequest request, PublishTarget target, string? report, TextWriter output)
{
    /// <summary>Writes, proves and publishes the model.</summary>
    /// <exception cref="ExpectedException">The proof failed.</exception>
    public ExitCode Run(CancellationToken cancellation)
    {
        var result = RunExport.Export(request, cancellation);
        var proof = result.Proof;
        if (report is not null)
            WriteReport(report, proof);
        if (!proof.Passed)
            throw new ExpectedException(ExitCode.CheckFailed, $"nothing is published: {Failure(proof)}");

        cancellation.ThrowIfCancellationRequested();
        Write(proof);
        var files = VersionFiles.Of(result.Model, result.Golden, result.Labels);
        files.AddText(ProofReport.JsonName, ToJson(proof));
        files.AddText(ProofReport.MarkdownName, ProofReport.ToMarkdown(proof));
        target.Publish(request.Name, files, output);
        return ExitCode.Success;
    }

    private static void WriteReport(string directory, ModelProof proof)
    {
        Directory.CreateDirectory(directory);
        AtomicFile.WriteText(Path.Combine(directory, ProofReport.JsonName), ToJson(proof));
        AtomicFile.WriteText(Path.Combine(directory, ProofReport.MarkdownName), ProofReport.ToMarkdown(proof));
    }

    private void Write(ModelProof proof)
    {
        var options = string.Join(", ", proof.Options.Select(option => $"{option.Key} {option.Value}"));
        foreach (var note in proof.Notes)
            output.WriteLine($"note: {note}");
        output.WriteLine($"{proof.Variant} of run {proof.Run}: {proof.Nodes} nodes, {proof.Parameters:N0} parameters in the file, "
            + $"{proof.Bytes:N0} bytes, {options}");
        output.WriteLine($"golden: {proof.Golden}");
        if (proof.WorstLayer is { } worst)
            output.WriteLine(
                $"layers: {worst.Layer} departs most from double precision, by {worst.MaxDifference:0.0e0} of {worst.Magnitude:0.###}");
        if (proof.Dataset is { } dataset)
            output.WriteLine($"test set: {dataset}{(dataset.TorchAccuracy is { } torch ? $" (torch {torch:P2})" : "")}");
        output.WriteLine($"sha256: {proof.Sha256}");
    }

    private static string ToJson(ModelProof proof) => JsonSerializer.Serialize(proof, ExporterJson.Default.ModelProof) + "\n";

    private static string Failure(ModelProof proof)
    {
        var worst = proof.WorstLayer is { } layer ? $"; layer {layer.Layer} departs most ({layer.MaxDifference:0.0e0})" : "";
        return proof.Golden.Passed
            ? $"{proof.Dataset}, expected torch's {proof.Dataset!.TorchAccuracy:P2}{worst}"
            : $"{proof.Golden}, expected all and at most the tolerance{worst}";
    }
}
