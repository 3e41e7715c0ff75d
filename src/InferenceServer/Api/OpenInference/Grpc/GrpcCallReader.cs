using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf.Collections;
using Inference;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using InferInputTensor = Inference.ModelInferRequest.Types.InferInputTensor;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

/// <summary>Reads a ModelInferRequest. Raw tensors are not copied.</summary>
internal static class GrpcCallReader
{
    /// <summary>Reads the call.</summary>
    /// <exception cref="InferenceException">A tensor or a parameter breaks the protocol's rules.</exception>
    public static InferenceCall Read(ModelInferRequest request)
    {
        return new()
        {
            Model = request.ModelName,
            Version = request.ModelVersion,
            Id = request.Id,
            Inputs = ReadInputs(request),
            Outputs = ReadOutputs(request.Outputs),
            Timeout = CallParameters.ReadTimeout(request.Parameters),
        };
    }

    private static RawTensor[] ReadInputs(ModelInferRequest request)
    {
        var tensors = new RawTensor[request.Inputs.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            var input = request.Inputs[i];
            if (input.Parameters.ContainsKey("shared_memory_region"))
                throw OpenInferenceErrors.Unsupported("shared memory");
            tensors[i] = new(input.Name, input.Datatype, input.Shape, ReadData(request, input, i));
        }
        return request.RawInputContents.Count <= tensors.Length
            ? tensors
            : throw OpenInferenceErrors.Invalid(
                $"{request.RawInputContents.Count} entries in raw_input_contents for {tensors.Length} inputs " +
                $"of model '{Excerpt.Of(request.ModelName)}', expected one for each");
    }

    private static ReadOnlyMemory<byte> ReadData(ModelInferRequest request, InferInputTensor input, int index)
    {
        if (request.RawInputContents.Count > 0)
        {
            if (input.Contents is not null)
                throw Invalid("contents field must not be specified when using raw_input_contents for", request.ModelName, input, "");
            if (index < request.RawInputContents.Count)
                return request.RawInputContents[index].Memory;
        }
        return input.Contents is { } contents
            ? ReadContents(request.ModelName, input, contents)
            : throw Invalid("unable to find data for input tensor", request.ModelName, input, " in request.");
    }

    private static byte[] ReadContents(string model, InferInputTensor input, InferTensorContents contents)
    {
        byte[]? data = null;
        var datatype = TensorDatatypes.Parse(input.Datatype);
        void Take(int count, TensorDatatype found, Func<byte[]> read)
        {
            if (count == 0)
                return;
            if (data is not null)
                throw Invalid("unexpected explicit tensor data for input tensor", model, input, ", binary data was already supplied.");
            if (found != datatype)
            {
                var types = $" of type '{found.Name()}', expected datatype '{Excerpt.Of(input.Datatype)}'";
                throw Invalid("unexpected explicit tensor data for input tensor", model, input, types);
            }
            data = read();
        }

        Take(contents.BoolContents.Count, TensorDatatype.Bool, () => [.. contents.BoolContents.Select(value => value ? (byte)1 : (byte)0)]);
        var signed = datatype is TensorDatatype.Int8 or TensorDatatype.Int16 ? datatype : TensorDatatype.Int32;
        Take(contents.IntContents.Count, signed, () => Narrow(contents.IntContents, signed, input.Name));
        Take(contents.Int64Contents.Count, TensorDatatype.Int64, () => Bytes(contents.Int64Contents));
        var unsigned = datatype is TensorDatatype.UInt8 or TensorDatatype.UInt16 ? datatype : TensorDatatype.UInt32;
        Take(contents.UintContents.Count, unsigned, () => Narrow(contents.UintContents, unsigned, input.Name));
        Take(contents.Uint64Contents.Count, TensorDatatype.UInt64, () => Bytes(contents.Uint64Contents));
        Take(contents.Fp32Contents.Count, TensorDatatype.Fp32, () => Bytes(contents.Fp32Contents));
        Take(contents.Fp64Contents.Count, TensorDatatype.Fp64, () => Bytes(contents.Fp64Contents));
        var elements = contents.BytesContents.Select(value => value.Memory);
        Take(contents.BytesContents.Count, TensorDatatype.Bytes, () => BytesElements.Join([.. elements]));
        return data ?? [];
    }

    private static byte[] Bytes<T>(RepeatedField<T> values)
        where T : unmanaged
    {
        var array = new T[values.Count];
        values.CopyTo(array, 0);
        return MemoryMarshal.AsBytes(array).ToArray();
    }

    // Triton takes the low bytes of a value that is out of range; here such a value is an error, as over REST.
    private static byte[] Narrow<T>(RepeatedField<T> values, TensorDatatype datatype, string name)
        where T : unmanaged, IBinaryInteger<T>
    {
        var size = datatype.Size();
        var isSigned = T.IsNegative(T.Zero - T.One);
        var max = (1L << ((size * 8) - (isSigned ? 1 : 0))) - 1;
        var min = isSigned ? -max - 1 : 0;
        var narrow = new byte[values.Count * size];
        for (var index = 0; index < values.Count; index++)
        {
            var value = long.CreateChecked(values[index]);
            if (value < min || value > max)
            {
                var expected = $"expected {min}..{max} ({datatype.Name()})";
                throw OpenInferenceErrors.Invalid($"element {index} of input tensor '{Excerpt.Of(name)}' is {value}, {expected}");
            }
            for (var part = 0; part < size; part++)
                narrow[(index * size) + part] = (byte)(value >> (8 * part));
        }
        return narrow;
    }

    private static InferenceException Invalid(string what, string model, InferInputTensor input, string rest) =>
        OpenInferenceErrors.Invalid($"{what} '{Excerpt.Of(input.Name)}' for model '{Excerpt.Of(model)}'{rest}");

    private static RequestedOutput[] ReadOutputs(RepeatedField<ModelInferRequest.Types.InferRequestedOutputTensor> outputs)
    {
        var requested = new RequestedOutput[outputs.Count];
        for (var i = 0; i < requested.Length; i++)
        {
            var classes = 0;
            var parameters = outputs[i].Parameters;
            if (parameters.Count > 0)
            {
                if (parameters.ContainsKey("shared_memory_region"))
                    throw OpenInferenceErrors.Unsupported("shared memory");
                if (parameters.TryGetValue("classification", out var classification))
                    classes = CallParameters.ReadClasses(classification);
            }
            requested[i] = new(outputs[i].Name, classes, Binary: true);
        }
        return requested;
    }
}
