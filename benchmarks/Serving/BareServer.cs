using Grpc.Core;
using LeNetServe.Runtime;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>
/// The least that a service of this platform can do: ONNX Runtime in the handler of Classify, and the reply. It has neither a queue nor
/// limits, deadlines, metrics or versions. A server around the model cannot save the time that this service takes beyond echo and model.
/// </summary>
internal sealed class BareServer(ClassifierModel model, string name) : Classifier.ClassifierBase
{
    public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context)
    {
        Span<float> outputs = stackalloc float[model.Facts.Classes];
        model.Classify(request.Image.Pixels.Span, outputs);
        var reply = new ClassifyResponse { Model = name, Version = 1 };
        reply.Predictions.Capacity = outputs.Length;
        for (var index = 0; index < outputs.Length; index++)
            reply.Predictions.Add(new Prediction { Index = index, Label = model.Facts.Labels[index], Probability = outputs[index] });
        return Task.FromResult(reply);
    }
}
