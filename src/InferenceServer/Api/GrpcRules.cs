using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace LeNetServe.InferenceServer.Api;

/// <summary>Applies the rules of gRPC's protocol that its library leaves open.</summary>
internal static class GrpcRules
{
    private const int MostDigits = 8;

    /// <summary>Checks the timeout and the frames of each call. Call this after gRPC-Web and before the endpoints.</summary>
    public static void UseGrpcRules(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<LimitOptions>();
        var faults = app.ApplicationServices.GetRequiredService<ClientFaults>();
        var metrics = app.ApplicationServices.GetRequiredService<ServerMetrics>();
        app.Use(next => context =>
        {
            if (!context.Request.IsGrpc())
                return next(context);
            var hasTimeout = context.Request.Headers.TryGetValue("grpc-timeout", out var timeout);
            var ticks = hasTimeout ? TicksOf(timeout) : long.MaxValue;
            if (ticks is null)
            {
                var found = $"grpc-timeout is \"{Excerpt.Of(timeout.ToString())}\"";
                var message = $"{found}, expected at most {MostDigits} digits and one of H, M, S, m, u, n";
                faults.Note(RequestOutcome.Invalid, "grpc-timeout", message);
                return ErrorResponse.WriteAsync(context, new(InferenceErrorKind.InvalidInput, message));
            }
            // gRPC's library takes zero as no deadline. Clients send it when their deadline has passed.
            if (ticks == 0)
            {
                var late = Caller.DeadlinePassed("before it ran");
                InferencePipeline.CountRefused(metrics.Unresolved, late);
                return ErrorResponse.WriteAsync(context, late);
            }
            // A call over Kestrel's limit on the body would end as UNKNOWN. The length in the header of a frame is checked instead.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
                body.MaxRequestBodySize = null;
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { } method)
            {
                var takesOne = method.Method.Type is MethodType.Unary or MethodType.ServerStreaming;
                var stream = method.Method.Type == MethodType.Unary ? null : ConnectionPlace.NoteStream(context);
                GrpcFrames.Check(context, limits.MaxMessageBytes, takesOne, faults, stream);
            }
            return next(context);
        });
    }

    /// <summary>Gets the ticks of 100 ns in a timeout, rounded down; null if the text is not a timeout.</summary>
    private static long? TicksOf(string? text)
    {
        if (text is not { Length: > 1 and <= MostDigits + 1 }
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        return text[^1] switch
        {
            'H' => number * TimeSpan.TicksPerHour,
            'M' => number * TimeSpan.TicksPerMinute,
            'S' => number * TimeSpan.TicksPerSecond,
            'm' => number * TimeSpan.TicksPerMillisecond,
            'u' => number * TimeSpan.TicksPerMicrosecond,
            'n' => number / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
    }
}
