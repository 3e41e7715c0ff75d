using Google.Protobuf;
using Google.Protobuf.Reflection;
using Inference;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

/// <summary>Another implementation of gRPC and protobuf (grpcio, Debian's python3-grpcio) sends what Triton's client sends.</summary>
public sealed class IndependentClientTests
{
    [Fact]
    public async Task GrpcioClient_AllCalls_AreAnsweredAsTritonWould()
    {
        Assert.SkipUnless(
            await ForeignProgram.PythonHasAsync("grpc, google.protobuf"), "python3-grpcio and python3-protobuf are not installed");
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["descriptors"], Descriptors(), Cancel);
        await File.WriteAllBytesAsync(directory["picture.png"], Pictures.Png(OpenInferenceServiceTests.Pixels(1), 4, 4), Cancel);
        await using var server = await TestServer.StartAsync();

        var (exit, output) = await ForeignProgram.RunAsync(
            ForeignProgram.Python, ForeignProgram.Script("independent_client.py"),
            directory["descriptors"], new Uri(
                server.GrpcAddress).Authority, $"{new Uri(server.HttpAddress).Port}", directory["picture.png"]);

        Assert.True(exit == 0 && output.EndsWith("PASS\n", StringComparison.Ordinal), output);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Descriptors() => new FileDescriptorSet
    {
        File = { ModelConfigReflection.Descriptor.ToProto(), GrpcServiceReflection.Descriptor.ToProto() },
    }.ToByteArray();
}
