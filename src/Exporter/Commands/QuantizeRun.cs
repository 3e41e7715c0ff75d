using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Publish;
using LeNetServe.Exporter.Quantize;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary>A call of <c>quantize</c>.</summary>
internal sealed class QuantizeRun(QuantizeOptions options, PublishTarget target, TextWriter output)
{
    private static readonly ModelOptions OnCpu = new() { Device = Device.Cpu };

    /// <summary>Writes, measures and publishes the int8 model.</summary>
    /// <exception cref="ExpectedException">Too much accuracy is lost.</exception>
    public ExitCode Run(CancellationToken cancellation)
    {
        var source = ModelFiles.Locate(options.Model).Model;
        using var before = ClassifierModel.Open(source, OnCpu);
        var name = ModelName.Require(options.Name ?? $"{before.Facts.Manifest?.Name ?? "model"}-int8");
        var dataset = DatasetCatalog.Open(options.Dataset, cancellation);
        var quantized = ModelQuantizer.Quantize(source, name, dataset, options.Numbers, options.MaxLoss, cancellation);
        var report = Timed(quantized, before, dataset);
        output.Write(report.ToMarkdown());
        if (report.Failure is { } failure)
            throw new ExpectedException(
                ExitCode.CheckFailed,
                $"nothing is published: {failure}" + (options.Numbers.WeightBits < 8 ? ""
                    : "; a processor without VNNI instructions clips the sums of 8-bit weights, use --weight-bits 7"));

        var files = VersionFiles.Of(quantized.Model, quantized.Golden, quantized.Manifest.Labels);
        files.AddText(ProofReport.JsonName, JsonSerializer.Serialize(report, ExporterJson.Default.QuantizationReport) + "\n");
        files.AddText(ProofReport.MarkdownName, report.ToMarkdown());
        target.Publish(name, files, output);
        return ExitCode.Success;
    }

    private static QuantizationReport Timed(QuantizedModel quantized, ClassifierModel before, ImageDataset dataset)
    {
        using var after = ClassifierModel.Open("the quantized model", quantized.Model, OnCpu);
        var microseconds = Latency.Measure(dataset.Test.Image(0), TimeProvider.System, before, after);
        return quantized.Report with { FloatMicroseconds = microseconds[0], Microseconds = microseconds[1] };
    }
}
