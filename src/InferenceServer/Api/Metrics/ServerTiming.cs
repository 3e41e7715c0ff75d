using System.Globalization;
using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Api.Metrics;

/// <summary>
/// Tells a caller who asks where the time of its request went: the header <c>lenetserve-timing: 1</c> brings <c>Server-Timing</c>
/// (w3.org/TR/server-timing, milliseconds) as a response header of REST and a trailer of gRPC.
/// </summary>
internal static class ServerTiming
{
    /// <summary>The request header that asks for it.</summary>
    public const string RequestHeader = "lenetserve-timing";

    private const string ResponseHeader = "server-timing";

    /// <summary>What tells a gRPC caller, also one of JSON transcoding, which has no trailers; null where it did not ask.</summary>
    public static Action<RequestPhases>? AskedBy(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return !http.Request.Headers.ContainsKey(RequestHeader) ? null
            : http.Request.IsGrpc() ? InTrailer(context)
            : InHeader(http);
    }

    /// <summary>What tells a REST caller, before the body; null where it did not ask.</summary>
    public static Action<RequestPhases>? AskedBy(HttpContext context) =>
        context.Request.Headers.ContainsKey(RequestHeader) ? InHeader(context) : null;

    // The closures of lambdas are made where their method begins: these have their own, which only those pay who ask.
    private static Action<RequestPhases> InTrailer(ServerCallContext context) => phases => context.ResponseTrailers.Add(ResponseHeader, Text(phases));

    private static Action<RequestPhases> InHeader(HttpContext context) => phases => context.Response.Headers[ResponseHeader] = Text(phases);

    private static string Text(in RequestPhases phases) => string.Create(CultureInfo.InvariantCulture,
        $"queue;dur={Milliseconds(phases.Queue):0.000}, decode;dur={Milliseconds(phases.Decode):0.000}, inference;dur={Milliseconds(phases.Inference):0.000}, total;dur={Milliseconds(phases.Total):0.000}");

    private static double Milliseconds(long ticks) => RequestPhases.Nanoseconds(ticks) / 1e6;
}
