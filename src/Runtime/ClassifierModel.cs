using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;
using Microsoft.ML.OnnxRuntime;
namespace LeNetServe.Runtime;

/// <summary>
/// An open image classifier: an ONNX file behind one session. Everything may be called by any number of threads at once; each call runs on its
/// caller's thread, and after the first calls allocates nothing.
/// </summary>
public sealed partial class ClassifierModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly LanePool lanes;
    private readonly ModelFiles files;

    private ClassifierModel(ModelFiles files, InferenceSession session, ModelFacts facts, Device device, int maxRunBatch)
    {
        (this.files, this.session, Facts, Device) = (files, session, facts, device);
        MaxRunBatch = facts.FixedBatch ?? maxRunBatch;
        lanes = new(() => new(this.session, Facts, MaxRunBatch));
    }

    /// <summary>What is known of the model.</summary>
    public ModelFacts Facts { get; private init; }

    /// <summary>Path of the ONNX file.</summary>
    public string Path => files.Model;

    /// <summary>Where it runs: <see cref="Device.Cpu"/> or <see cref="Device.Cuda"/>.</summary>
    public Device Device { get; }

    /// <summary>Images in one native run; larger batches are cut.</summary>
    public int MaxRunBatch { get; }

    /// <summary>
    /// Classifies images of bytes. Safe for concurrent callers.
    /// </summary>
    /// <param name="pixels">N×C×H×W, 0..255, row-major.</param>
    /// <param name="outputs">N×classes: the graph's output as it is (<see cref="ModelFacts.Output"/> says what it means).</param>
    /// <exception cref="ArgumentException">The lengths do not fit the model.</exception>
    /// <exception cref="InferenceException">The model cannot compute this (<see cref="InferenceErrorKind.InvalidModel"/>).</exception>
    public void Run(ReadOnlySpan<byte> pixels, Span<float> outputs) => Run(pixels, outputs, 1, asFloats: false);

    /// <summary>Classifies images of input values: little-endian 32-bit floats in N×C×H×W, given to the graph as they are. Safe for concurrent callers.</summary>
    /// <param name="values">The values' bytes, 4·N·C·H·W.</param>
    /// <param name="outputs">N×classes: the graph's output as it is.</param>
    /// <inheritdoc cref="Run(ReadOnlySpan{byte}, Span{float})" path="/exception"/>
    public void RunFloats(ReadOnlySpan<byte> values, Span<float> outputs) => Run(values, outputs, sizeof(float), asFloats: true);

    /// <summary>Classifies images of bytes into probabilities; a model that puts out scores gets its softmax here.</summary>
    /// <param name="pixels">N×C×H×W, 0..255, row-major.</param>
    /// <param name="probabilities">N×classes, 0..1.</param>
    /// <inheritdoc cref="Run(ReadOnlySpan{byte}, Span{float})" path="/exception"/>
    public void Classify(ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        Run(pixels, probabilities);
        ToProbabilities(probabilities);
    }

    /// <summary>Makes probabilities of outputs, in place: nothing to do unless the model puts out scores.</summary>
    public void ToProbabilities(Span<float> outputs)
    {
        if (Facts.Output == OutputKind.Scores)
            for (var row = 0; row < outputs.Length; row += Facts.Classes)
                TopK.Softmax(outputs.Slice(row, Facts.Classes));
    }

    /// <summary>Closes the session. Calls must have ended.</summary>
    public void Dispose()
    {
        lanes.Dispose();
        session.Dispose();
    }

    private void Run(ReadOnlySpan<byte> data, Span<float> outputs, int elementSize, bool asFloats)
    {
        var imageBytes = Facts.Input.Count * elementSize;
        var count = data.Length / imageBytes;
        if (count == 0 || data.Length != count * imageBytes)
            throw new ArgumentException($"{data.Length} bytes, expected a multiple of {imageBytes} ({Facts.Input})", nameof(data));
        if (outputs.Length != count * Facts.Classes)
            throw new ArgumentException($"room for {outputs.Length} outputs, expected {count}×{Facts.Classes}", nameof(outputs));
        var lane = lanes.Rent();
        try
        {
            for (var first = 0; first < count; first += lane.Capacity)
            {
                var run = Math.Min(lane.Capacity, count - first);
                Fill(lane, run, data.Slice(first * imageBytes, run * imageBytes), asFloats);
                lane.Run(run).CopyTo(outputs[(first * Facts.Classes)..]);
            }
        }
        finally
        {
            lanes.Return(lane);
        }
    }

    private void Fill(Lane lane, int count, ReadOnlySpan<byte> data, bool asFloats)
    {
        switch (Facts.InputType, asFloats)
        {
            case (TensorType.F32, false):
                PixelConversion.ToSingles(data, lane.Singles(count), Facts);
                break;
            case (TensorType.F32, true):
                PixelConversion.CopySingles(data, lane.Singles(count), Facts);
                break;
            case (TensorType.U8, false):
                PixelConversion.ToBytes(data, lane.Bytes(count), Facts);
                break;
            default:
                PixelConversion.RoundSingles(data, lane.Bytes(count), Facts);
                break;
        }
    }
}
