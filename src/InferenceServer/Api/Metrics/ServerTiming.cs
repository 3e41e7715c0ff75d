using System.Globalization;
using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Api.Metrics;

/// <summary>
/// Reports the duration of a request's phases. The request header <c>lenetserve-timing: 1</c> asks for <c>Server-Timing</c>
/// (w3.org/TR/server-timing, milliseconds), a response header of REST and a trailer of gRPC.
/// </summary>
internal static class ServerTiming
{
    /// <summary>The request header that asks for the timing.</summary>
    public const string RequestHeader = "lenetserve-timing";

    private const string ResponseHeader = "server-timing";

    /// <summary>Gets the action that reports to a gRPC caller; null if the caller did not ask. JSON transcoding has no trailers.</summary>
    public static Action<RequestPhases>? AskedBy(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return !http.Request.Headers.ContainsKey(RequestHeader) ? null
            : http.Request.IsGrpc() ? InTrailer(context)
            : InHeader(http);
    }

    /// <summary>Gets the action that reports to a REST caller, before the body; null if the caller did not ask.</summary>
    public static Action<RequestPhases>? AskedBy(HttpContext context) =>
        context.Request.Headers.ContainsKey(RequestHeader) ? InHeader(context) : null;

    // Separate methods, so that a closure is only allocated if the caller asks for the timing.
    private static Action<RequestPhases> InTrailer(ServerCallContext context) =>
        phases => context.ResponseTrailers.Add(ResponseHeader, Text(phases));

    private static Action<RequestPhases> InHeader(HttpContext context) => phases => context.Response.Headers[ResponseHeader] = Text(phases);

    private static string Text(in RequestPhases phases) => string.Create(
        CultureInfo.InvariantCulture,
        $"queue;dur={Milliseconds(phases.Queue):0.000}, decode;dur={Milliseconds(phases.Decode):0.000}, " +
        $"inference;dur={Milliseconds(phases.Inference):0.000}, total;dur={Milliseconds(phases.Total):0.000}");

    private static double Milliseconds(long ticks) => RequestPhases.Nanoseconds(ticks) / 1e6;
}
