using System.Runtime.InteropServices;
using Google.Protobuf;
using Inference;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

/// <summary>Writes a ModelInferResponse. Data are always raw, because Triton's clients read nothing else.</summary>
internal static class GrpcAnswerWriter
{
    /// <summary>Writes the answer of one model version.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The served name.</param>
    /// <param name="version">The version that answered.</param>
    /// <param name="facts">The model.</param>
    /// <param name="outputs">N×classes. The array becomes a part of the message and must not change afterwards.</param>
    public static ModelInferResponse Write(InferenceCall call, string model, string version, ModelFacts facts, float[] outputs)
    {
        var response = new ModelInferResponse { ModelName = model, ModelVersion = version, Id = call.Id };
        foreach (var requested in CallOutputs.Resolve(call, model, facts))
        {
            var output = new ModelInferResponse.Types.InferOutputTensor { Name = requested.Name };
            output.Shape.Add(outputs.Length / facts.Classes);
            byte[] data;
            if (requested.Classes > 0)
            {
                output.Datatype = "BYTES";
                output.Shape.Add(Math.Min(requested.Classes, facts.Classes));
                data = Classification.Serialize(Classification.Elements(outputs, facts.Labels, requested.Classes));
            }
            else
            {
                output.Datatype = "FP32";
                output.Shape.Add(facts.Classes);
                data = MemoryMarshal.AsBytes(outputs.AsSpan()).ToArray();
            }
            response.Outputs.Add(output);
            response.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(data));
        }
        return response;
    }
}
