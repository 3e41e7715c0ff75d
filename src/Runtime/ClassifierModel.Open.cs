using System.Text.Json;
using Google.Protobuf;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Runtime.Running;
using Microsoft.ML.OnnxRuntime;

namespace LeNetServe.Runtime;

public sealed partial class ClassifierModel
{
    private const int CpuRunBatch = 16;
    private const int CudaRunBatch = 256;
    private const int MaxLabelBytes = 1 << 22;

    /// <summary>Opens an ONNX file, a version's directory, or the highest version in a model's directory.</summary>
    /// <exception cref="InferenceException">
    /// The file does not exist (<see cref="InferenceErrorKind.NotFound"/>). It is broken or is not an image classifier
    /// (<see cref="InferenceErrorKind.InvalidModel"/>). The device is missing (<see cref="InferenceErrorKind.DeviceUnavailable"/>).
    /// </exception>
    public static ClassifierModel Open(string path, ModelOptions? options = null)
    {
        var files = ModelFiles.Locate(path);
        return Open(files, ModelContent.Read(files.Model), options ?? new());
    }

    /// <summary>Opens a model in memory, without labels and golden tensors of its own.</summary>
    /// <param name="name">The model's name in messages.</param>
    /// <param name="model">Content of the ONNX file.</param>
    /// <param name="options">Device and threads.</param>
    /// <inheritdoc cref="Open(string, ModelOptions?)" path="/exception"/>
    public static ClassifierModel Open(string name, byte[] model, ModelOptions? options = null) =>
        Open(new ModelFiles(name, null, null), ModelContent.Of(name, model), options ?? new());

    private static ClassifierModel Open(ModelFiles files, ModelContent content, ModelOptions options)
    {
        content.RequireFiniteWeights(files.Model);
        // A first manifest takes a fifth of a program's start, because it is read by reflection. ONNX Runtime's own start takes longer.
        var reading = Task.Run(() => ReadManifest(files.Model, content.Model));
        var device = ExecutionProviders.Resolve(options.Device);
        var session = OpenSession(files.Model, Served(content), device, options.IntraOpThreads);
        try
        {
            var (manifest, json) = reading.GetAwaiter().GetResult();
            var labels = files.Labels is { } path ? ReadLabels(path) : null;
            var facts = GraphFacts.Read(files.Model, session, content.Sha256, manifest, json, labels);
            var maxRunBatch = options.MaxRunBatch ?? (device == Device.Cuda ? CudaRunBatch : CpuRunBatch);
            var hasGradient = manifest is not null && content.Model.Graph.Output.Any(output => output.Name == ModelFacts.Gradient);
            facts = facts with { HasGradient = hasGradient };
            return new ClassifierModel(files, session, facts, device, maxRunBatch).WithObservedOutput();
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Compares the model's answers with those in <c>golden.safetensors</c> beside the model. Passes if no probability differs by more than
    /// the tolerance and every best class is the same. If the manifest's precision is lossy, 95 % of the best classes are enough.
    /// </summary>
    /// <returns>The comparison; null if a foreign model has no golden tensors.</returns>
    /// <exception cref="InferenceException">
    /// The golden tensors are missing, broken or another model's (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public GoldenCheck? CheckGolden() => ReadGolden() is { } golden ? Compare(golden) : null;

    /// <summary>Reads <c>golden.safetensors</c> beside the model.</summary>
    /// <returns>The tensors; null if a foreign model has none.</returns>
    /// <inheritdoc cref="CheckGolden" path="/exception"/>
    public GoldenTensors? ReadGolden()
    {
        if (files.Golden is null)
            return Facts.Manifest is null ? null : throw Invalid(files.Model, $"{GoldenTensors.FileName} is missing beside the model");
        var found = Read(files.Golden, () => RegularFile.Sha256(files.Golden));
        if (Facts.Manifest is { } manifest && found != manifest.GoldenSha256)
            throw Invalid(files.Golden, $"SHA-256 {found}, expected the manifest's {manifest.GoldenSha256}");
        var golden = Read(files.Golden, () => GoldenTensors.Read(files.Golden));
        RequireShape(golden);
        return golden;
    }

    /// <summary>Compares the model's answers with those of torch.</summary>
    /// <exception cref="InferenceException">
    /// The tensors' shape is not the model's (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public GoldenCheck Compare(GoldenTensors golden)
    {
        RequireShape(golden);
        var probabilities = new float[golden.Probabilities.Length];
        Classify(golden.Pixels, probabilities);
        return Compare(golden, probabilities);
    }

    /// <summary>Compares answers that came another way with those of torch.</summary>
    /// <param name="golden">The golden tensors.</param>
    /// <param name="probabilities">The answers, images×classes.</param>
    public GoldenCheck Compare(GoldenTensors golden, ReadOnlySpan<float> probabilities)
    {
        var largest = 0f;
        var disagreements = 0;
        for (var row = 0; row < probabilities.Length; row += Facts.Classes)
        {
            var ours = probabilities.Slice(row, Facts.Classes);
            ReadOnlySpan<float> theirs = golden.Probabilities.AsSpan(row, Facts.Classes);
            disagreements += TopK.ArgMax(ours) == TopK.ArgMax(theirs) ? 0 : 1;
            largest = MathF.Max(largest, GoldenCheck.LargestDifference(ours, theirs));
        }
        var tolerance = Facts.Manifest?.GoldenTolerance ?? GoldenCheck.DefaultTolerance;
        var passed = largest <= tolerance
            && GoldenCheck.Agrees(golden.Count, disagreements, Facts.Manifest?.Precision ?? WeightPrecision.Full);
        return new(golden.Count, largest, disagreements, tolerance, passed);
    }

    /// <summary>
    /// Runs a model on three different images, because only its answers show whether its outputs are finite. Those of a foreign model show
    /// whether they are probabilities, too.
    /// </summary>
    private ClassifierModel WithObservedOutput()
    {
        var pixels = new byte[3 * Facts.Input.Count];
        pixels.AsSpan(Facts.Input.Count, Facts.Input.Count).Fill(255);
        for (var index = 0; index < Facts.Input.Count; index++)
            pixels[(2 * Facts.Input.Count) + index] = (byte)(index * 37);
        var outputs = new float[3 * Facts.Classes];
        try
        {
            Run(pixels, outputs);
        }
        catch
        {
            buffers.Dispose();
            throw;
        }
        if (outputs.Any(value => !float.IsFinite(value)))
        {
            buffers.Dispose();
            throw Invalid(files.Model, $"output \"{Facts.OutputName}\" is NaN or infinite for a black, a white or a striped image");
        }
        if (Facts.Manifest is not null)
            return this;
        var probabilities = Enumerable.Range(0, 3).All(row => IsDistribution(outputs.AsSpan(row * Facts.Classes, Facts.Classes)));
        buffers.Dispose();
        return new(
            files, session, Facts with { Output = probabilities ? OutputKind.Probabilities : OutputKind.Scores }, Device, MaxRunBatch);
    }

    private static bool IsDistribution(ReadOnlySpan<float> row)
    {
        var sum = 0f;
        foreach (var value in row)
        {
            if (!(value >= 0))
                return false;
            sum += value;
        }
        return MathF.Abs(sum - 1) < 1e-3f;
    }

    private void RequireShape(GoldenTensors golden)
    {
        if (golden.Shape != Facts.Input || golden.Classes != Facts.Classes)
            throw Invalid(
                files.Model,
                $"golden tensors of {golden.Shape} with {golden.Classes} classes, expected {Facts.Input} with {Facts.Classes}");
    }

    /// <summary>Gets the graph to run: a file may have outputs that only an explanation reads, such as the gradient.</summary>
    private static byte[] Served(ModelContent content)
    {
        var outputs = content.Model.Graph?.Output.Select(output => output.Name).ToArray() ?? [];
        string[] answers = [.. outputs.Where(output => output is GraphFacts.Probabilities or ModelFacts.Novelty)];
        return outputs.Contains(GraphFacts.Probabilities) && answers.Length < outputs.Length
            ? PrunedGraph.Of(content.Model, answers).ToByteArray()
            : content.Bytes;
    }

    private static InferenceSession OpenSession(string path, byte[] bytes, Device device, int intraOpThreads)
    {
        using var options = ExecutionProviders.CreateOptions(device, intraOpThreads);
        try
        {
            return new(bytes, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw Invalid(path, $"ONNX Runtime {ExecutionProviders.Version} cannot open it: {exception.Message}", exception);
        }
    }

    private static (ModelManifest? Manifest, string Json) ReadManifest(string path, ModelProto model)
    {
        if (model.MetadataProps.LastOrDefault(entry => entry.Key == ModelManifest.MetadataKey)?.Value is not { } json)
            return (null, "");
        try
        {
            var manifest = JsonSerializer.Deserialize(json, LeNetJson.Default.ModelManifest) ?? throw new JsonException("null");
            return manifest.Format == 1
                ? (manifest, json)
                : throw Invalid(
                    path, $"its manifest has format {manifest.Format}, expected 1; a newer version of this program may read it");
        }
        catch (JsonException exception)
        {
            throw Invalid(path, $"metadata {ModelManifest.MetadataKey} is not a manifest: {JsonFault.Of(exception)}", exception);
        }
    }

    private static string[] ReadLabels(string path) => Read(path, () =>
    {
        string[] labels =
        [
            .. RegularFile.ReadAllText(path, MaxLabelBytes).Split('\n', '\r').Select(line => line.TrimEnd()).Where(line => line != ""),
        ];
        return Array.FindIndex(labels, label => label.Contains('\uFFFD', StringComparison.Ordinal)) is >= 0 and var broken
            ? throw new InvalidDataException(
                $"{path}: label {broken + 1}, \"{labels[broken]}\", is not UTF-8, expected UTF-8, or UTF-16 with a byte order mark")
            : labels;
    });

    private static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static InferenceException Invalid(string path, string message, Exception? inner = null) =>
        new(InferenceErrorKind.InvalidModel, $"{path}: {message}", inner);
}
