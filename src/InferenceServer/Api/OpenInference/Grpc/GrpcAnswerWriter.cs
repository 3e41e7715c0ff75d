using System.Runtime.InteropServices;
using Google.Protobuf;
using Inference;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

/// <summary>Writes a ModelInferResponse. Data are always raw, because Triton's clients read nothing else.</summary>
internal static class GrpcAnswerWriter
{
    /// <summary>Writes the answer of one model version.</summary>
    public static ModelInferResponse Write(InferenceCall call, CallAnswer answer)
    {
        var response = new ModelInferResponse { ModelName = answer.Model, ModelVersion = answer.Version, Id = call.Id };
        foreach (var requested in CallOutputs.Resolve(call, answer.Model, answer.Facts))
        {
            var (values, width) = answer[requested.Name];
            var output = new ModelInferResponse.Types.InferOutputTensor { Name = requested.Name };
            output.Shape.Add(values.Length / width);
            byte[] data;
            if (requested.Classes > 0)
            {
                output.Datatype = "BYTES";
                output.Shape.Add(Math.Min(requested.Classes, width));
                data = Classification.Serialize(Classification.Elements(values, answer.LabelsOf(requested.Name), requested.Classes));
            }
            else
            {
                output.Datatype = "FP32";
                output.Shape.Add(width);
                data = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
            }
            response.Outputs.Add(output);
            response.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(data));
        }
        return response;
    }
}
