using System.Diagnostics;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Inference;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.OpenInference;

/// <summary>Another implementation of gRPC and protobuf (grpcio, Debian's python3-grpcio) sends what Triton's client sends.</summary>
public sealed class IndependentClientTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task GrpcioClient_AllCalls_AreAnsweredAsTritonWould()
    {
        Assert.SkipUnless(File.Exists(Python) && await RunAsync("-c", "import grpc, google.protobuf") is (0, _), "python3-grpcio and python3-protobuf are not installed");
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["descriptors"], Descriptors(), Cancel);
        await File.WriteAllBytesAsync(directory["picture.png"], Pictures.Png(OpenInferenceServiceTests.Pixels(1), 4, 4), Cancel);
        await using var server = await TestServer.StartAsync();

        var (exit, output) = await RunAsync(Script(), directory["descriptors"], new Uri(server.GrpcAddress).Authority, $"{new Uri(server.HttpAddress).Port}", directory["picture.png"]);

        Assert.True(exit == 0 && output.EndsWith("PASS\n", StringComparison.Ordinal), output);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "independent_client.py");

    private static byte[] Descriptors() => new FileDescriptorSet
    {
        File = { ModelConfigReflection.Descriptor.ToProto(), GrpcServiceReflection.Descriptor.ToProto() },
    }.ToByteArray();

    private static async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
            await process.WaitForExitAsync(Cancel);
            return (process.ExitCode, await errors + await output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
