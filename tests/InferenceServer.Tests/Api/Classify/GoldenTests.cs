using Grpc.Core;
using LeNetServe.InferenceServer.Tests.Models;
using LeNetServe.Models;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class GoldenTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("lenet5-mnist")]
    [InlineData("lenet5-1998")]
    public async Task CheckGolden_AShippedModel_AnswersAsTorchDid(string model)
    {
        await using var server = await TestServer.StartAsync(models => ShippedModels.Copy(model, models));

        var check = await server.Client.CheckGoldenAsync(new() { Model = model }, cancellationToken: Cancellation);

        var golden = GoldenTensors.Read(Path.Combine(ShippedModels.Folder(model), GoldenTensors.FileName));
        Assert.True(check.Passed);
        Assert.Equal(golden.Count, check.Images.Count);
        Assert.Equal(golden.Pixels, check.Images.SelectMany(image => image.Pixels));
        Assert.All(check.Images, image => Assert.Equal(image.Expected.Label, image.Found.Label));
        Assert.Equal(check.Images.Max(image => image.Difference), check.Difference);
        Assert.InRange(check.Difference, 0, check.Tolerance);
    }

    [Fact]
    public async Task CheckGolden_AForeignModel_IsUnimplemented()
    {
        await using var server = await TestServer.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.CheckGoldenAsync(new() { Model = "tiny" }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
        Assert.Equal("tiny/1 has no golden images", refused.Status.Detail);
    }

    [Fact]
    public async Task CheckGolden_FolderDoesNotAnswer_IsUnavailable()
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        using var mount = new HungMount(Path.Combine(server.Models, "lenet5-mnist", "1"));

        var calls = Enumerable.Range(0, 100).Select(_ => Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.CheckGoldenAsync(new() { Model = "lenet5-mnist" }, cancellationToken: Cancellation)));

        Assert.All(await Task.WhenAll(calls), refused => Assert.Equal(StatusCode.Unavailable, refused.StatusCode));
    }

    [Fact]
    public async Task Get_TheGoldenRoute_IsTheSameCheck()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);

        var json = await server.Http.GetStringAsync("/v1/models/lenet5-mnist/versions/1/golden", Cancellation);

        Assert.Equal(100, CheckGoldenResponse.Parser.ParseJson(json).Images.Count);
    }
}
