using Grpc.AspNetCore.Server;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
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
        app.Use(next => context =>
        {
            if (!context.Request.IsGrpc())
                return next(context);
            if (context.Request.Headers.TryGetValue("grpc-timeout", out var timeout) && !IsTimeout(timeout))
            {
                var found = $"grpc-timeout is \"{Excerpt.Of(timeout.ToString())}\"";
                var message = $"{found}, expected at most {MostDigits} digits and one of H, M, S, m, u, n";
                faults.Note(RequestOutcome.Invalid, "grpc-timeout", message);
                return ErrorResponse.WriteAsync(context, new(InferenceErrorKind.InvalidInput, message));
            }
            // A call over Kestrel's limit on the body would end as UNKNOWN. The length in the header of a frame is checked instead.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
                body.MaxRequestBodySize = null;
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { } method)
            {
                var takesOne = method.Method.Type is MethodType.Unary or MethodType.ServerStreaming;
                GrpcFrames.Check(context, limits.MaxMessageBytes, takesOne, faults);
            }
            return next(context);
        });
    }

    private static bool IsTimeout(string? text)
    {
        if (text is not { Length: > 1 and <= MostDigits + 1 } || !"HMSmun".Contains(text[^1]))
            return false;
        foreach (var digit in text.AsSpan(0, text.Length - 1))
            if (!char.IsAsciiDigit(digit))
                return false;
        return true;
    }
}
