using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>The input of a model. Exactly one of floats, pixels and files is set.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Floats">Input values, little-endian 32-bit floats, N×C×H×W, unchanged by the server.</param>
/// <param name="Pixels">Bytes 0..255, N×C×H×W.</param>
/// <param name="Encoded">Image files.</param>
internal readonly record struct ModelInput(
    int Count, ReadOnlyMemory<byte> Floats, ReadOnlyMemory<byte> Pixels, ReadOnlyMemory<byte>[]? Encoded)
{
    /// <summary>Checks a call against a model, with Triton's messages, and converts its tensor for the model.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model's name in messages.</param>
    /// <param name="facts">The facts of the model.</param>
    /// <param name="maxBatch">Largest number of images in one request.</param>
    /// <exception cref="InferenceException">The call does not fit the model.</exception>
    public static ModelInput From(InferenceCall call, string model, ModelFacts facts, int maxBatch)
    {
        if (call.Inputs.Count != 1)
        {
            string[] names = [.. call.Inputs.Select(input => $"'{input.Name}'")];
            throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}expected 1 inputs but got {names.Length} inputs for model '{model}'. " +
                $"Got input(s) [{Excerpt.Of(names)}]. The model's input is '{facts.InputName}'");
        }
        var tensor = call.RawBinary ? RawBinary(call.Inputs[0], facts) : call.Inputs[0];
        if (tensor.Name != facts.InputName)
            throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}unexpected inference input '{Excerpt.Of(tensor.Name)}' for model '{model}', " +
                $"expected '{facts.InputName}'");
        var datatype = TensorDatatypes.Parse(tensor.Datatype);
        if (datatype == TensorDatatype.Bytes)
            return FromImages(call, tensor, model, maxBatch);
        if (datatype.Size() == 0 || datatype == TensorDatatype.Bool)
            throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}inference input '{tensor.Name}' data-type is '{Excerpt.Of(tensor.Datatype)}', " +
                $"but model '{model}' expects 'FP32', 'UINT8' or, for PNG and JPEG images, 'BYTES'");
        return FromNumbers(call, tensor, datatype, model, facts, maxBatch);
    }

    private static ModelInput FromNumbers(
        InferenceCall call, in RawTensor tensor, TensorDatatype datatype, string model, ModelFacts facts, int maxBatch)
    {
        var count = Batch(call, tensor, model, maxBatch, ModelDescription.InputDimensions(facts));
        var expected = (long)count * facts.Input.Count * datatype.Size();
        if (tensor.Data.Length != expected)
            throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}input byte size mismatch for input '{tensor.Name}' for model '{model}'. " +
                $"Expected {expected}, got {tensor.Data.Length}");
        var isPixels = datatype == TensorDatatype.UInt8;
        var data = isPixels || datatype == TensorDatatype.Fp32 ? tensor.Data : NumericTensor.ToFloats(tensor, datatype);
        if (facts.Layout == TensorLayout.Nhwc && facts.Input.Channels > 1)
            data = NumericTensor.ChannelsFirst(
                data.Span, isPixels ? 1 : sizeof(float), facts.Input.Height * facts.Input.Width, facts.Input.Channels);
        return isPixels ? new(count, default, data, null) : new(count, data, default, null);
    }

    // The shape is [N] or [N,1], with a file for each image.
    private static ModelInput FromImages(InferenceCall call, in RawTensor tensor, string model, int maxBatch)
    {
        var count = Batch(call, tensor, model, maxBatch, tensor.Shape.Count == 2 ? [1] : []);
        return new(count, default, default, BytesElements.Split(tensor, count));
    }

    private static int Batch(InferenceCall call, in RawTensor tensor, string model, int maxBatch, ReadOnlySpan<long> dimensions)
    {
        var shape = tensor.Shape;
        var fits = shape.Count == dimensions.Length + 1 && shape[0] > 0;
        for (var i = 0; fits && i < dimensions.Length; i++)
            fits = shape[i + 1] == dimensions[i];
        if (!fits)
            throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}unexpected shape for input '{tensor.Name}' for model '{model}'. " +
                $"Expected [{string.Join(',', [-1, .. dimensions])}], got [{Excerpt.Of(string.Join(',', shape.Take(100)))}]");
        return shape[0] <= maxBatch
            ? (int)shape[0]
            : throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}inference request batch-size must be <= {maxBatch} for '{model}', got {shape[0]}");
    }

    private static RawTensor RawBinary(in RawTensor tensor, ModelFacts facts) =>
        tensor with
        {
            Name = facts.InputName,
            Datatype = ModelDescription.Datatype(facts),
            Shape = [1, .. ModelDescription.InputDimensions(
            facts)]
        };
}
