using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

/// <summary>Triton's own Python client and its example <c>image_client.py</c>, unmodified. Skipped on machines without them.</summary>
public sealed class TritonClientTests
{
    private const string ImageClientVariable = "LENETSERVE_IMAGE_CLIENT";

    // The package needs names that Python 3.10 took out of collections, and image_client.py puts them back.
    private const string AttrDict =
        "import collections, collections.abc\n" +
        "for name in collections.abc.__all__: setattr(collections, name, getattr(collections.abc, name))\nimport attrdict";

    [Fact]
    public async Task TritonClient_AllCalls_AreAnswered()
    {
        await RequireAsync("tritonclient.grpc, tritonclient.http");
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["picture.png"], Picture, Cancel);
        await using var server = await TestServer.StartAsync(
            models =>
            {
                TestServer.WriteTiny(models);
                new TinyOnnx { UInt8 = true }.Write(Path.Combine(models, "pixels", "1"), "a\nb\nc\n");
            },
            "--Models:Mode=explicit", "--Models:Load=tiny,pixels", "--Security:OpenControl=true");

        var (exit, output) = await ForeignProgram.RunAsync(
            ForeignProgram.Python, ForeignProgram.Script("triton_client.py"), Authority(server.GrpcAddress), Authority(
                server.HttpAddress), directory["picture.png"]);

        Assert.True(exit == 0 && output.EndsWith("PASS\n", StringComparison.Ordinal), output);
    }

    [Theory]
    [InlineData("tiny", "grpc", 1)]
    [InlineData("tiny", "grpc", 2)]
    [InlineData("tiny", "grpc", 2, "--async")]
    [InlineData("tiny", "grpc", 2, "--streaming")]
    [InlineData("tiny", "grpc", 1, "-s", "INCEPTION")]
    [InlineData("tiny", "http", 1, "-s", "NONE")]
    [InlineData("tiny", "http", 2, "--async")]
    [InlineData("color", "grpc", 2)]
    [InlineData("color", "http", 2)]
    public async Task ImageClient_OneOfItsWays_PrintsTheLabels(string model, string protocol, int batch, params string[] more)
    {
        await RequireAsync("tritonclient.grpc, tritonclient.http, PIL");
        var client = Environment.GetEnvironmentVariable(ImageClientVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(client), $"{ImageClientVariable} does not name Triton's image_client.py");
        Assert.SkipUnless(
            protocol == "grpc" || (await ForeignProgram.RunAsync(ForeignProgram.Python, "-c",
                AttrDict)).Exit == 0, "python3 has no attrdict, which image_client.py needs over HTTP");
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["picture.png"], Picture, Cancel);
        await using var server = await TestServer.StartAsync(models =>
        {
            TestServer.WriteTiny(models);
            new TinyOnnx { Channels = 3, UInt8 = true, Nhwc = true }.Write(Path.Combine(models, "color", "1"), "a\nb\nc\n");
        });
        var address = Authority(protocol == "grpc" ? server.GrpcAddress : server.HttpAddress);

        var (exit, output) = await ForeignProgram.RunAsync(
            ForeignProgram.Python, [client!, "-m", model, "-i", protocol, "-u", address, "-c", "3", "-b", $"{batch}", .. more,
                directory["picture.png"]]);

        Assert.True(exit == 0 && output.EndsWith("PASS\n", StringComparison.Ordinal), output);
        var lines = output.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3 * batch, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^    [01]\.[0-9]+ \((0\) = a|1\) = b|2\) = c)$", line));
        Assert.All(lines.Chunk(3), image => Assert.Equal(3, image.Distinct().Count()));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Picture => Pictures.Png(OpenInferenceServiceTests.Pixels(1), 4, 4);

    private static string Authority(string address) => new Uri(address).Authority;

    private static async Task RequireAsync(string modules) =>
        Assert.SkipUnless(await ForeignProgram.PythonHasAsync(modules), $"{ForeignProgram.Python} cannot import {modules}");
}
