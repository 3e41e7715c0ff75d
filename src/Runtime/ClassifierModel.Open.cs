using System.Security.Cryptography;
using System.Text.Json;
using LeNetServe.Models;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using Microsoft.ML.OnnxRuntime;

namespace LeNetServe.Runtime;

public sealed partial class ClassifierModel
{
    private const int CpuRunBatch = 16;
    private const int CudaRunBatch = 256;

    /// <summary>Opens a model: an ONNX file, a version's directory, or a model's directory, of which the highest version is meant.</summary>
    /// <exception cref="InferenceException">
    /// There is no such file (<see cref="InferenceErrorKind.NotFound"/>), it is broken or no image classifier (<see cref="InferenceErrorKind.InvalidModel"/>),
    /// or the device is missing (<see cref="InferenceErrorKind.DeviceUnavailable"/>).
    /// </exception>
    public static ClassifierModel Open(string path, ModelOptions? options = null)
    {
        var files = ModelFiles.Locate(path);
        return Open(files, ReadFile(files.Model), options ?? new());
    }

    /// <summary>Opens a model that is in memory; no labels or golden tensors lie beside it.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="model">Content of the ONNX file.</param>
    /// <param name="options">How it is opened.</param>
    /// <inheritdoc cref="Open(string, ModelOptions?)" path="/exception"/>
    public static ClassifierModel Open(string name, byte[] model, ModelOptions? options = null) => Open(new ModelFiles(name, null, null), model, options ?? new());

    private static ClassifierModel Open(ModelFiles files, byte[] bytes, ModelOptions options)
    {
        var device = ExecutionProviders.Resolve(options.Device);
        var session = OpenSession(files.Model, bytes, device, options.IntraOpThreads);
        try
        {
            var (manifest, json) = ReadManifest(files.Model, session);
            var labels = files.Labels is { } path ? File.ReadAllLines(path).Select(line => line.TrimEnd()).Where(line => line != "").ToArray() : null;
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            var facts = GraphFacts.Read(files.Model, session, sha256, manifest, json, labels);
            var model = new ClassifierModel(files, session, facts, device, options.MaxRunBatch ?? (device == Device.Cuda ? CudaRunBatch : CpuRunBatch));
            return manifest is null ? model.WithObservedOutput() : model;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Compares the model's answers with those in <c>golden.safetensors</c> beside it. Passes where no probability differs by more than the tolerance
    /// and every best class is the same, or 95 % of them where the manifest's precision is a lossy one.
    /// </summary>
    /// <returns>The comparison; null where a foreign model brings no golden tensors.</returns>
    /// <exception cref="InferenceException">The golden tensors are missing, broken or not this model's (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public GoldenCheck? CheckGolden()
    {
        if (files.Golden is null)
            return Facts.Manifest is null ? null : throw Invalid(files.Model, $"{GoldenTensors.FileName} is missing beside the model");
        if (Facts.Manifest is { } manifest && Convert.ToHexStringLower(SHA256.HashData(ReadFile(files.Golden))) is var found && found != manifest.GoldenSha256)
            throw Invalid(files.Golden, $"SHA-256 {found}, expected the manifest's {manifest.GoldenSha256}");
        try
        {
            return Compare(GoldenTensors.Read(files.Golden));
        }
        catch (InvalidDataException exception)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, exception.Message, exception);
        }
    }

    /// <summary>Compares the model's answers with torch's.</summary>
    /// <exception cref="InferenceException">The golden tensors have another shape than the model (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public GoldenCheck Compare(GoldenTensors golden)
    {
        if (golden.Shape != Facts.Input || golden.Classes != Facts.Classes)
            throw Invalid(files.Model, $"golden tensors of {golden.Shape} with {golden.Classes} classes, expected {Facts.Input} with {Facts.Classes}");
        var probabilities = new float[golden.Probabilities.Length];
        Classify(golden.Pixels, probabilities);
        var (largest, disagreements) = (0f, 0);
        for (var row = 0; row < probabilities.Length; row += Facts.Classes)
        {
            ReadOnlySpan<float> ours = probabilities.AsSpan(row, Facts.Classes), theirs = golden.Probabilities.AsSpan(row, Facts.Classes);
            disagreements += TopK.ArgMax(ours) == TopK.ArgMax(theirs) ? 0 : 1;
            for (var index = 0; index < ours.Length; index++)
                largest = MathF.Max(largest, MathF.Abs(ours[index] - theirs[index]));
        }
        var tolerance = Facts.Manifest?.GoldenTolerance ?? GoldenCheck.DefaultTolerance;
        var passed = largest <= tolerance && GoldenCheck.Agrees(golden.Count, disagreements, Facts.Manifest?.Precision ?? WeightPrecision.Full);
        return new(golden.Count, largest, disagreements, tolerance, passed);
    }

    /// <summary>A foreign model does not say what its outputs are: three unlike images show whether they are probabilities.</summary>
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
            lanes.Dispose();
            throw;
        }
        var probabilities = Enumerable.Range(0, 3).All(row => IsDistribution(outputs.AsSpan(row * Facts.Classes, Facts.Classes)));
        lanes.Dispose();
        return new(files, session, Facts with { Output = probabilities ? OutputKind.Probabilities : OutputKind.Scores }, Device, MaxRunBatch);
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

    private static InferenceSession OpenSession(string path, byte[] bytes, Device device, int intraOpThreads)
    {
        using var options = ExecutionProviders.CreateOptions(device, intraOpThreads);
        try
        {
            return new(bytes, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"{path}: ONNX Runtime {ExecutionProviders.Version} cannot open it: {exception.Message}", exception);
        }
    }

    private static (ModelManifest? Manifest, string Json) ReadManifest(string path, InferenceSession session)
    {
        if (!session.ModelMetadata.CustomMetadataMap.TryGetValue(ModelManifest.MetadataKey, out var json))
            return (null, "");
        try
        {
            var manifest = JsonSerializer.Deserialize(json, LeNetJson.Default.ModelManifest) ?? throw new JsonException("null");
            return manifest.Format == 1
                ? (manifest, json)
                : throw Invalid(path, $"its manifest has format {manifest.Format}, expected 1; a newer version of this program may read it");
        }
        catch (JsonException exception)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"{path}: metadata {ModelManifest.MetadataKey} is no manifest: {exception.Message}", exception);
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static InferenceException Invalid(string path, string message) => new(InferenceErrorKind.InvalidModel, $"{path}: {message}");
}
