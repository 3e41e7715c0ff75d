using System.Globalization;
using System.Runtime.InteropServices;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LeNetServe.Runtime.Running;

/// <summary>Runs any ONNX graph on the CPU, for tools that inspect a model. Serving uses <see cref="ClassifierModel"/>.</summary>
public sealed class GraphSession : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();

    /// <summary>Opens a graph in memory.</summary>
    /// <param name="model">The ONNX file's bytes.</param>
    /// <param name="optimize">False keeps every node of the file, so that intermediate values can be read.</param>
    /// <exception cref="InferenceException">ONNX Runtime cannot open the graph (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public GraphSession(byte[] model, bool optimize = true)
    {
        using var options = ExecutionProviders.CreateOptions(Device.Cpu);
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        if (!optimize)
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        try
        {
            session = new(ModelContent.Of("the graph", model).Bytes, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw Invalid($"ONNX Runtime {ExecutionProviders.Version} cannot open the graph: {exception.Message}", exception);
        }
    }

    /// <summary>Gets the names of the graph's inputs.</summary>
    public IReadOnlyList<string> Inputs => session.InputNames;

    /// <summary>Gets the names of the graph's outputs.</summary>
    public IReadOnlyList<string> Outputs => session.OutputNames;

    /// <summary>
    /// Gets the element type (ONNX's number) and the dimensions of each output that is a tensor: a size, a name, or an empty text.
    /// </summary>
    public IReadOnlyDictionary<string, (int Element, string[] Dimensions)> OutputTypes => session.OutputMetadata
        .Where(output => output.Value.IsTensor)
        .ToDictionary(output => output.Key, output => ((int)output.Value.ElementDataType, output.Value.Dimensions
            .Select((size, index) => size >= 0 ? size.ToString(CultureInfo.InvariantCulture) : output.Value.SymbolicDimensions[index])
                .ToArray()));

    /// <summary>Gets the model's metadata_props.</summary>
    public IReadOnlyDictionary<string, string> Metadata => session.ModelMetadata.CustomMetadataMap;

    /// <summary>Runs the graph on float or byte tensors. Returns every output as floats, by name.</summary>
    /// <exception cref="InferenceException">
    /// The graph cannot compute these inputs (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public IReadOnlyDictionary<string, StoredTensor> Run(IReadOnlyDictionary<string, StoredTensor> inputs) => Run(inputs, Outputs);

    /// <summary>Runs the graph and returns some of its outputs.</summary>
    /// <inheritdoc cref="Run(IReadOnlyDictionary{string, StoredTensor})" path="/exception"/>
    public IReadOnlyDictionary<string, StoredTensor> Run(
        IReadOnlyDictionary<string, StoredTensor> inputs, IReadOnlyCollection<string> names)
    {
        var values = inputs.ToDictionary(input => input.Key, input => ToValue(input.Value));
        try
        {
            using var outputs = session.Run(runOptions, values, names);
            return names.Zip(outputs).ToDictionary(pair => pair.First, pair => StoredTensor.From(
                ToSingles(pair.Second), [.. pair.Second.GetTensorTypeAndShape().Shape.Select(size => (int)size)]));
        }
        catch (OnnxRuntimeException exception)
        {
            throw Invalid($"the graph cannot compute {string.Join(", ", inputs)}: {exception.Message}", exception);
        }
        finally
        {
            foreach (var value in values.Values)
                value.Dispose();
        }
    }

    /// <summary>Closes the session.</summary>
    public void Dispose()
    {
        runOptions.Dispose();
        session.Dispose();
    }

    private static ReadOnlySpan<float> ToSingles(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Float => value.GetTensorDataAsSpan<float>(),
        TensorElementType.Float16 => value.GetTensorDataAsSpan<Float16>().ToArray().Select(half => (float)half).ToArray(),
        var type => throw Invalid($"an output is {type}, expected float32 or float16"),
    };

    private static InferenceException Invalid(string message, Exception? inner = null) =>
        new(InferenceErrorKind.InvalidModel, message, inner);

    private static OrtValue ToValue(StoredTensor tensor)
    {
        long[] shape = [.. tensor.Shape.Select(size => (long)size)];
        return tensor.Type switch
        {
            TensorType.F32 => OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray(), shape),
            TensorType.U8 => OrtValue.CreateTensorValueFromMemory(tensor.Data.ToArray(), shape),
            _ => throw new ArgumentException($"a tensor of {tensor.Type}, expected F32 or U8", nameof(tensor)),
        };
    }
}
