using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace LeNetServe.Runtime.Running;

/// <summary>
/// The memory of one run at a time: pinned input and output. Each batch size is bound to the session once, so that later runs allocate
/// nothing.
/// </summary>
internal sealed class RunBuffers : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly ModelFacts facts;
    private readonly float[] singles;
    private readonly byte[] bytes;
    private readonly float[] outputs;
    private readonly float[] novelties;
    private readonly Binding?[] bindings;

    public RunBuffers(InferenceSession session, ModelFacts facts, int capacity)
    {
        this.session = session;
        this.facts = facts;
        Capacity = capacity;
        var inputs = capacity * facts.Input.Count;
        singles = GC.AllocateArray<float>(facts.InputType == TensorType.F32 ? inputs : 0, pinned: true);
        bytes = GC.AllocateArray<byte>(facts.InputType == TensorType.U8 ? inputs : 0, pinned: true);
        outputs = GC.AllocateArray<float>(capacity * facts.Classes, pinned: true);
        novelties = GC.AllocateArray<float>(facts.NoveltyThreshold is null ? 0 : capacity, pinned: true);
        bindings = new Binding?[capacity + 1];
    }

    /// <summary>Gets the largest number of images in a run.</summary>
    public int Capacity { get; }

    /// <summary>The input of the next run of a float model.</summary>
    public Span<float> Singles(int count) => singles.AsSpan(0, count * facts.Input.Count);

    /// <summary>The input of the next run of a byte model.</summary>
    public Span<byte> Bytes(int count) => bytes.AsSpan(0, count * facts.Input.Count);

    /// <summary>
    /// Runs the model on the first <paramref name="count"/> images. Writes count×classes values, or each image's novelty after its classes
    /// if there is room for it.
    /// </summary>
    public void Run(int count, Span<float> results)
    {
        var batch = facts.FixedBatch ?? count;
        var binding = bindings[batch] ??= new(session, facts, batch, singles, bytes, outputs, novelties);
        try
        {
            session.RunWithBinding(runOptions, binding.Native);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InferenceException(
                InferenceErrorKind.InvalidModel,
                $"the model cannot compute a batch of {batch} {facts.Input} images: {exception.Message}",
                exception);
        }
        var row = results.Length / count;
        if (row == facts.Classes)
        {
            outputs.AsSpan(0, count * row).CopyTo(results);
            return;
        }
        for (var image = 0; image < count; image++)
        {
            outputs.AsSpan(image * facts.Classes, facts.Classes).CopyTo(results[(image * row)..]);
            results[(image * row) + facts.Classes] = novelties[image];
        }
    }

    public void Dispose()
    {
        foreach (var binding in bindings)
            binding?.Dispose();
        runOptions.Dispose();
    }

    private sealed class Binding : IDisposable
    {
        private readonly OrtValue input;
        private readonly OrtValue output;
        private readonly OrtValue? novelty;

        public Binding(
            InferenceSession session, ModelFacts facts, int batch, float[] singles, byte[] bytes, float[] outputs, float[] novelties)
        {
            var shape = facts.Input;
            var memory = OrtMemoryInfo.DefaultInstance;
            long[] dimensions = facts.Layout == TensorLayout.Nchw
                ? [batch, shape.Channels, shape.Height, shape.Width]
                : [batch, shape.Height, shape.Width, shape.Channels];
            input = facts.InputType == TensorType.F32
                ? OrtValue.CreateTensorValueFromMemory(memory, singles.AsMemory(0, batch * shape.Count), dimensions)
                : OrtValue.CreateTensorValueFromMemory(memory, bytes.AsMemory(0, batch * shape.Count), dimensions);
            long[] outputShape = facts.OutputRank == 1
                ? [facts.Classes]
                : [batch, facts.Classes, .. Enumerable.Repeat(1L, facts.OutputRank - 2)];
            output = OrtValue.CreateTensorValueFromMemory(memory, outputs.AsMemory(0, batch * facts.Classes), outputShape);
            Native = session.CreateIoBinding();
            Native.BindInput(facts.InputName, input);
            Native.BindOutput(facts.OutputName, output);
            if (facts.NoveltyThreshold is null)
                return;
            novelty = OrtValue.CreateTensorValueFromMemory(memory, novelties.AsMemory(0, batch), [batch, 1]);
            Native.BindOutput(ModelFacts.Novelty, novelty);
        }

        public OrtIoBinding Native { get; }

        public void Dispose()
        {
            Native.Dispose();
            novelty?.Dispose();
            output.Dispose();
            input.Dispose();
        }
    }
}
