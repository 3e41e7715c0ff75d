using System.Text.Json;
using LeNetServe.Exporter.Proof;

namespace LeNetServe.Exporter.Commands;

/// <summary>A call of <c>verify</c>.</summary>
internal sealed class VerifyRun(VerifyOptions options, TextWriter output)
{
    /// <summary>Measures the model and prints the figures.</summary>
    /// <exception cref="ExpectedException">A figure contradicts the file.</exception>
    public ExitCode Run(CancellationToken cancellation)
    {
        var result = new ModelVerifier(options.Dataset, options.Device, TimeProvider.System).Verify(options.Model, cancellation);
        if (options.Json)
            output.WriteLine(JsonSerializer.Serialize(result, ExporterJson.Default.VerifyResult));
        else
            Write(result);
        if (result.Golden is { Passed: false } golden)
            throw new ExpectedException(ExitCode.CheckFailed, $"{result.Path}: {golden}");
        if (result.Dataset?.Coverage?.FirstOrDefault(sets => !sets.Passed) is { } sets)
            throw new ExpectedException(ExitCode.CheckFailed, $"{result.Path}: {sets}, expected {sets.Coverage:P1} of them");
        if (result.Dataset is { Passed: false } dataset)
            throw new ExpectedException(
                ExitCode.CheckFailed, $"{result.Path}: {dataset}, expected the manifest's {dataset.TorchAccuracy:P2}");
        if (!options.Json)
            output.WriteLine($"next: {PublishTarget.ScoreCommandOf(options.Model)}");
        return ExitCode.Success;
    }

    private void Write(VerifyResult result)
    {
        output.WriteLine($"{result.Path}: {result.Name ?? "a foreign model"}, sha256 {result.Sha256}");
        output.WriteLine($"golden: {result.Golden?.ToString() ?? "no golden tensors beside the file"}");
        if (result.Dataset is not { } dataset)
            return;
        var stated = dataset.TorchAccuracy is { } torch ? $" (the manifest says {torch:P2})" : "";
        output.WriteLine($"test set: {dataset}{stated}, {result.Seconds:0.00} s");
        if (dataset.Certainty is { } certainty)
            output.WriteLine($"certainty: calibration error {certainty.CalibrationError:P2} ({certainty.Bins.Count} bins), "
                + $"cross-entropy {certainty.Loss:0.0000} nats, Brier score {certainty.Brier:0.0000}");
        foreach (var sets in dataset.Coverage ?? [])
            output.WriteLine($"sets: {sets}");
        foreach (var line in dataset.Skipped ?? [])
            output.WriteLine($"passed over: {line}");
    }
}
