using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace LeNetServe.Runtime;

/// <summary>
/// An open image classifier: an ONNX file behind one session. Any number of threads may call it at the same time. Each call runs on its
/// caller's thread and, after the first calls, allocates nothing.
/// </summary>
public sealed partial class ClassifierModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunBufferPool buffers;
    private readonly ModelFiles files;
    private readonly Lock opening = new();
    private LayerReader? layers;

    private ClassifierModel(ModelFiles files, InferenceSession session, ModelFacts facts, Device device, int maxRunBatch)
    {
        this.files = files;
        this.session = session;
        Facts = facts;
        Device = device;
        MaxRunBatch = facts.FixedBatch ?? maxRunBatch;
        buffers = new(() => new(session, facts, MaxRunBatch));
    }

    /// <summary>Gets the model's labels, shapes and element types.</summary>
    public ModelFacts Facts { get; }

    /// <summary>Gets the path of the ONNX file.</summary>
    public string Path => files.Model;

    /// <summary>Gets the device that runs the model: <see cref="Device.Cpu"/> or <see cref="Device.Cuda"/>.</summary>
    public Device Device { get; }

    /// <summary>Gets the largest number of images in one native run. Larger batches are split.</summary>
    public int MaxRunBatch { get; }

    /// <summary>Runs the model on images of bytes. Safe for concurrent callers.</summary>
    /// <param name="pixels">N×C×H×W, 0..255, row-major.</param>
    /// <param name="outputs">
    /// N×classes: the unchanged output of the graph. <see cref="ModelFacts.Output"/> says what it means. If there is room for
    /// <see cref="ModelFacts.RowLength"/> values of each image, its novelty follows its classes.
    /// </param>
    /// <exception cref="ArgumentException">The lengths do not fit the model.</exception>
    /// <exception cref="InferenceException">The model cannot compute this (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public void Run(ReadOnlySpan<byte> pixels, Span<float> outputs) => Run(pixels, outputs, 1, asFloats: false);

    /// <summary>Runs the model on input values that the graph receives unchanged. Safe for concurrent callers.</summary>
    /// <param name="values">Little-endian 32-bit floats in N×C×H×W: 4·N·C·H·W bytes.</param>
    /// <param name="outputs">As for images of bytes.</param>
    /// <inheritdoc cref="Run(ReadOnlySpan{byte}, Span{float})" path="/exception"/>
    public void RunFloats(ReadOnlySpan<byte> values, Span<float> outputs) => Run(values, outputs, sizeof(float), asFloats: true);

    /// <summary>Classifies images of bytes. Applies the softmax if the model's outputs are scores.</summary>
    /// <param name="pixels">N×C×H×W, 0..255, row-major.</param>
    /// <param name="probabilities">N×classes, 0..1.</param>
    /// <inheritdoc cref="Run(ReadOnlySpan{byte}, Span{float})" path="/exception"/>
    public void Classify(ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        Run(pixels, probabilities);
        ToProbabilities(probabilities);
    }

    /// <summary>Turns outputs into probabilities, in place. Does nothing unless the model's outputs are scores.</summary>
    public void ToProbabilities(Span<float> outputs)
    {
        if (Facts.Output == OutputKind.Scores)
            for (var row = 0; row < outputs.Length; row += Facts.Classes)
                TopK.Softmax(outputs.Slice(row, Facts.Classes));
    }

    /// <summary>Turns the outputs of one image into probabilities, in place, as <see cref="ToProbabilities"/> does.</summary>
    /// <exception cref="InferenceException">One is NaN or infinite (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public void ToAnswer(Span<float> outputs)
    {
        ToProbabilities(outputs);
        foreach (var value in outputs)
            if (!float.IsFinite(value))
                throw new InferenceException(
                    InferenceErrorKind.InvalidModel, $"the model's output \"{Facts.OutputName}\" is NaN or infinite for this image");
    }

    /// <summary>Gets whether <see cref="OpenLayers"/> has been called, so that a call costs nothing.</summary>
    public bool HasOpenLayers => Volatile.Read(ref layers) is not null;

    /// <summary>Gets the reader of the values inside the model. The first call opens its sessions.</summary>
    /// <exception cref="InferenceException">A session cannot be opened (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public LayerReader OpenLayers()
    {
        lock (opening)
            return layers ??= LayerReader.Open(files.Model, ModelContent.Read(files.Model), Facts);
    }

    /// <summary>Closes the sessions. All calls must have ended.</summary>
    public void Dispose()
    {
        layers?.Dispose();
        buffers.Dispose();
        session.Dispose();
    }

    private void Run(ReadOnlySpan<byte> data, Span<float> outputs, int elementSize, bool asFloats)
    {
        var imageBytes = Facts.Input.Count * elementSize;
        var count = data.Length / imageBytes;
        if (count == 0 || data.Length != count * imageBytes)
            throw new ArgumentException($"{data.Length} bytes, expected a multiple of {imageBytes} ({Facts.Input})", nameof(data));
        var row = outputs.Length == count * Facts.RowLength ? Facts.RowLength : Facts.Classes;
        if (outputs.Length != count * row)
            throw new ArgumentException($"room for {outputs.Length} outputs, expected {count}×{Facts.Classes}", nameof(outputs));
        var rented = buffers.Rent();
        try
        {
            for (var first = 0; first < count; first += rented.Capacity)
            {
                var run = Math.Min(rented.Capacity, count - first);
                Fill(rented, run, data.Slice(first * imageBytes, run * imageBytes), asFloats);
                rented.Run(run, outputs.Slice(first * row, run * row));
            }
        }
        finally
        {
            buffers.Return(rented);
        }
    }

    private void Fill(RunBuffers target, int count, ReadOnlySpan<byte> data, bool asFloats)
    {
        switch (Facts.InputType, asFloats)
        {
            case (TensorType.F32, false):
                PixelConversion.ToSingles(data, target.Singles(count), Facts);
                break;
            case (TensorType.F32, true):
                PixelConversion.CopySingles(data, target.Singles(count), Facts);
                break;
            case (TensorType.U8, false):
                PixelConversion.ToBytes(data, target.Bytes(count), Facts);
                break;
            default:
                PixelConversion.RoundSingles(data, target.Bytes(count), Facts);
                break;
        }
    }
}
