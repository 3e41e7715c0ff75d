using Grpc.Core;
using LeNetServe.InferenceServer.Pipeline;

namespace LeNetServe.InferenceServer.Classify;

/// <summary>Who calls, from gRPC's context.</summary>
internal static class Callers
{
    public static Caller Of(ServerCallContext context) => new(context.Deadline, context.CancellationToken);
}
