using System.Globalization;
using Grpc.Core;
using LeNetServe.InferenceServer.Metrics;

namespace LeNetServe.InferenceServer.Telemetry;

/// <summary>
/// Tells a caller who asks where the time of its request went: the header <c>lenetserve-timing: 1</c> brings <c>Server-Timing</c>
/// (w3.org/TR/server-timing, milliseconds) as a response header of REST and a trailer of gRPC.
/// </summary>
internal static class ServerTiming
{
    /// <summary>The request header that asks for it.</summary>
    public const string RequestHeader = "lenetserve-timing";

    private const string ResponseHeader = "server-timing";

    /// <summary>To a gRPC caller, if it asked.</summary>
    public static void Write(ServerCallContext context, in RequestPhases phases)
    {
        if (context.GetHttpContext().Request.Headers.ContainsKey(RequestHeader))
            context.ResponseTrailers.Add(ResponseHeader, Text(phases));
    }

    /// <summary>To a REST caller, if it asked; before the body.</summary>
    public static void Write(HttpContext context, in RequestPhases phases)
    {
        if (context.Request.Headers.ContainsKey(RequestHeader))
            context.Response.Headers[ResponseHeader] = Text(phases);
    }

    private static string Text(in RequestPhases phases) => string.Create(CultureInfo.InvariantCulture,
        $"queue;dur={Milliseconds(phases.Queue):0.000}, decode;dur={Milliseconds(phases.Decode):0.000}, inference;dur={Milliseconds(phases.Inference):0.000}, total;dur={Milliseconds(phases.Total):0.000}");

    private static double Milliseconds(long ticks) => RequestPhases.Nanoseconds(ticks) / 1e6;
}
