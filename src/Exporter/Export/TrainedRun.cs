using LeNetServe.Exporter.Layers;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Runs;

namespace LeNetServe.Exporter.Export;

/// <summary>A run directory, read and checked for an export.</summary>
internal sealed record TrainedRun
{
    public required RunDirectory Directory { get; init; }

    /// <summary>Gets the trained model's description.</summary>
    public required TrainedModel Trained { get; init; }

    public required TrainedWeights Weights { get; init; }

    /// <summary>Gets test images with torch's answers.</summary>
    public required GoldenTensors Golden { get; init; }

    /// <summary>Gets the final figures; null for an unfinished run.</summary>
    public required RunSummary? Summary { get; init; }

    /// <summary>Gets whether every file was compared with the run's own checksums.</summary>
    public required bool Verified { get; init; }

    /// <summary>Gets the SHA-256 of the weights file.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Gets the SHA-256 of the golden tensors.</summary>
    public required string GoldenSha256 { get; init; }

    /// <summary>Reads a run.</summary>
    /// <exception cref="InvalidDataException">A file is missing, broken, or does not fit the others.</exception>
    public static TrainedRun Read(string path)
    {
        var run = new RunDirectory(path);
        if (!System.IO.Directory.Exists(path))
            throw new InvalidDataException($"{path}: no such directory, expected a run{NearestName.HintOfPath(path)}");
        if (!File.Exists(run.Config) && !File.Exists(run.Model))
            throw new InvalidDataException($"{path} is not a run{Inside(path)}, expected a folder that train has written");
        foreach (var file in new[] { run.Model, run.Weights, run.Golden })
            if (!File.Exists(file))
                throw new InvalidDataException($"{file} is missing, expected a run that has trained one epoch at least");
        var verified = RunChecksums.Verify(run);
        var trained = run.ReadModel();
        Check(run, trained);
        var golden = GoldenTensors.Read(run.Golden);
        if (golden.Shape != trained.Spec.Input || golden.Classes != trained.Spec.Classes)
            throw new InvalidDataException($"{run.Golden}: images {golden.Shape} with {golden.Classes} classes, "
                + $"expected {trained.Spec.Input} with {trained.Spec.Classes}");
        return new()
        {
            Directory = run,
            Trained = trained,
            Weights = TrainedWeights.Read(run.Weights, trained.Spec),
            Golden = golden,
            Summary = run.ReadSummary(),
            Verified = verified,
            WeightsSha256 = RegularFile.Sha256(run.Weights),
            GoldenSha256 = RegularFile.Sha256(run.Golden),
        };
    }

    private static string Inside(string path) =>
        System.IO.Directory.EnumerateDirectories(path).FirstOrDefault(folder => File.Exists(new RunDirectory(folder).Model)) is { } run
            ? $"; {run} is one"
            : "";

    private static void Check(RunDirectory run, TrainedModel trained)
    {
        try
        {
            _ = trained.Spec.Trace();
        }
        catch (Specs.SpecException exception)
        {
            throw new InvalidDataException($"{run.Model}: {exception.Message}", exception);
        }
        if (trained.Labels.Count != trained.Spec.Classes)
            throw new InvalidDataException(
                $"{run.Model}: {trained.Labels.Count} labels, expected one for each of the {trained.Spec.Classes} classes");
        if (trained.Labels.FirstOrDefault(label => label.Length == 0 || label.AsSpan().ContainsAny('\r', '\n')) is { } label)
            throw new InvalidDataException($"{run.Model}: label \"{label.ReplaceLineEndings("\\n")}\", expected one line of text");
        if (trained.Imaging.Input != trained.Spec.Input)
            throw new InvalidDataException(
                $"{run.Model}: imaging gives {trained.Imaging.Input}, expected the network's input {trained.Spec.Input}");
    }
}
