using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Tests.Errors;

public sealed class ErrorMappingTests
{
    [Fact]
    public void Of_EveryKind_HasARow() =>
        Assert.All(Enum.GetValues<InferenceErrorKind>(), kind => Assert.NotNull(ErrorMapping.Of(kind)));

    [Theory]
    [InlineData(InferenceErrorKind.InvalidInput, StatusCode.InvalidArgument, 400, StatusCode.InvalidArgument, 400)]
    [InlineData(InferenceErrorKind.UnsupportedMediaType, StatusCode.InvalidArgument, 415, StatusCode.InvalidArgument, 415)]
    [InlineData(InferenceErrorKind.TooLarge, StatusCode.InvalidArgument, 413, StatusCode.InvalidArgument, 400)]
    [InlineData(InferenceErrorKind.NotFound, StatusCode.NotFound, 404, StatusCode.NotFound, 404)]
    [InlineData(InferenceErrorKind.Overloaded, StatusCode.ResourceExhausted, 429, StatusCode.Unavailable, 503)]
    [InlineData(InferenceErrorKind.DeadlineExceeded, StatusCode.DeadlineExceeded, 504, StatusCode.DeadlineExceeded, 503)]
    [InlineData(InferenceErrorKind.InvalidModel, StatusCode.FailedPrecondition, 422, StatusCode.Internal, 500)]
    public void Of_Kind_IsEachProtocolsStatus(InferenceErrorKind kind, StatusCode grpc, int http, StatusCode triton, int tritonHttp)
    {
        var mapping = ErrorMapping.Of(kind);

        Assert.Equal((grpc, http, triton, tritonHttp), (mapping.Grpc, mapping.Http, mapping.Triton, mapping.TritonHttp));
    }
}
