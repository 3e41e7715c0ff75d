using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>Translates errors to <c>google.rpc.Status</c>, which gRPC and its JSON share.</summary>
internal static class GrpcErrors
{
    /// <summary>The messages that a status may have as details.</summary>
    public static readonly TypeRegistry Details = TypeRegistry.FromMessages(BadRequest.Descriptor, RetryInfo.Descriptor);

    private static readonly JsonFormatter Json = new(
        JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithTypeRegistry(Details));

    /// <summary>Creates gRPC's exception: with BadRequest if a field is at fault, and a pushback if a retry may help.</summary>
    public static RpcException ToRpcException(this InferenceException exception)
    {
        var status = ToStatus(exception);
        if (status.Details.Count == 0)
            return new(new((StatusCode)status.Code, status.Message));
        var detailed = status.ToRpcException();
        if (exception.RetryAfter is { } delay)
            detailed.Trailers.Add(RetryPushback.Trailer, RetryPushback.Milliseconds(delay));
        return detailed;
    }

    /// <summary>Writes the error as JSON, in the format of the JSON calls.</summary>
    public static string ToJson(this InferenceException exception) => Json.Format(ToStatus(exception));

    /// <summary>Awaits an answer and translates its error.</summary>
    public static async Task<T> TranslateAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (InferenceException exception)
        {
            throw exception.ToRpcException();
        }
    }

    /// <summary>Creates the error of one image in a batch or a stream.</summary>
    public static V1.Error ToError(this InferenceException exception) =>
        new() { Code = (int)ErrorMapping.Of(exception.Kind).Grpc, Message = exception.Message };

    private static Google.Rpc.Status ToStatus(InferenceException exception)
    {
        var status = new Google.Rpc.Status { Code = (int)ErrorMapping.Of(exception.Kind).Grpc, Message = exception.Message };
        if (exception.Field is { } field)
        {
            var violation = new BadRequest.Types.FieldViolation { Field = field, Description = exception.Message };
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { violation } }));
        }
        if (exception.RetryAfter is { } delay)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return status;
    }
}
