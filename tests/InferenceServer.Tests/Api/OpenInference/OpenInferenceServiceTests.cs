using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Inference;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class OpenInferenceServiceTests
{
    [Fact]
    public async Task ModelInfer_RawPixels_AnswersAsClassifyDoes()
    {
        await using var server = await TestServer.StartAsync();
        var pixels = Pixels(2);

        var response = await Client(server).ModelInferAsync(Request("UINT8", pixels), cancellationToken: Cancel);
        var expected = await server.Client.ClassifyBatchAsync(
            new()
            {
                Images = { pixels.Chunk(16).Select(image =>
                new Image { Pixels = ByteString.CopyFrom(image) }) }
            }, cancellationToken: Cancel);

        Assert.Equal(("tiny", "1", "FP32"), (response.ModelName, response.ModelVersion, response.Outputs[0].Datatype));
        var rows = MemoryMarshal.Cast<byte, float>(response.RawOutputContents[0].Span).ToArray().Chunk(3).ToArray();
        for (var row = 0; row < 2; row++)
            foreach (var prediction in expected.Items[row].Predictions)
                Assert.Equal(prediction.Probability, rows[row][prediction.Index], 1e-6f);
    }

    [Fact]
    public async Task ModelInfer_EveryFormOfTheSameImage_AnswersAlike()
    {
        await using var server = await TestServer.StartAsync();
        var client = Client(server);
        var pixels = Pixels(1);
        var floats = pixels.Select(pixel => (float)pixel).ToArray();
        var typed = Request("FP32", null);
        typed.Inputs[0].Contents = new() { Fp32Contents = { floats } };
        var typedBytes = Request("UINT8", null);
        typedBytes.Inputs[0].Contents = new() { UintContents = { pixels.Select(pixel => (uint)pixel) } };
        var picture = Pictures.Png(pixels, 4, 4);
        var file = Request("BYTES", [.. BitConverter.GetBytes(picture.Length), .. picture], [1]);
        var typedFile = Request("BYTES", null, [1, 1]);
        typedFile.Inputs[0].Contents = new() { BytesContents = { ByteString.CopyFrom(picture) } };

        var expected = (await client.ModelInferAsync(Request("UINT8", pixels), cancellationToken: Cancel)).RawOutputContents[0];
        foreach (var request in new[] { Request("FP32", MemoryMarshal.AsBytes(floats.AsSpan()).ToArray()), typed, typedBytes, file,
            typedFile })
            Assert.Equal(expected, (await client.ModelInferAsync(request, cancellationToken: Cancel)).RawOutputContents[0]);
    }

    [Fact]
    public async Task ModelInfer_Classification_HasLabels()
    {
        await using var server = await TestServer.StartAsync();
        var request = Request("UINT8", Pixels(1));
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor
        {
            Name = OutputName,
            Parameters = { ["classification"] = new() { Int64Param = 2 } }
        });

        var response = await Client(server).ModelInferAsync(request, cancellationToken: Cancel);

        Assert.Equal("BYTES", response.Outputs[0].Datatype);
        Assert.Equal([1, 2], response.Outputs[0].Shape);
        Assert.Matches("^.{4}[0-9.]+:[0-2]:[abc].{4}[0-9.]+:[0-2]:[abc]$", Encoding.Latin1.GetString(response.RawOutputContents[0].Span));
    }

    [Fact]
    public async Task ModelInfer_Faults_HaveTritonsCodes()
    {
        await using var server = await TestServer.StartAsync();
        var client = Client(server);
        async Task<RpcException> FailAsync(Action<ModelInferRequest> change)
        {
            var request = Request("UINT8", Pixels(1));
            change(request);
            return await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request, cancellationToken: Cancel));
        }

        var unknown = await FailAsync(request => request.ModelName = "nobody");
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.StartsWith("Request for unknown model: 'nobody' is not found", unknown.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.NotFound, (await FailAsync(request => request.ModelVersion = "9")).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await FailAsync(request => request.Inputs[0].Shape[3] = 5)).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await FailAsync(request => request.Inputs[0].Datatype = "FP32")).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await FailAsync(request => request.Inputs.Clear())).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, (await FailAsync(
            request => request.Inputs[0].Parameters["shared_memory_region"] = new() { StringParam = "x" })).StatusCode);
        var broken = await FailAsync(request =>
        {
            request.Inputs[0].Datatype = "BYTES";
            request.Inputs[0].Shape.Clear();
            request.Inputs[0].Shape.Add(2);
            request.RawInputContents[0] = ByteString.CopyFrom([1, 0, 0, 0, 9, 0, 0, 0, 0]);
        });
        Assert.Equal(StatusCode.InvalidArgument, broken.StatusCode);
        Assert.StartsWith("image 0: ", broken.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelStreamInfer_ManyRequests_AnswersInOrderAndGoesOnAfterErrors()
    {
        await using var server = await TestServer.StartAsync();
        using var stream = Client(server).ModelStreamInfer(cancellationToken: Cancel);
        var receiving = Task.Run(async () => await stream.ResponseStream.ReadAllAsync(Cancel).ToListAsync(Cancel), Cancel);
        for (var i = 0; i < 200; i++)
        {
            var request = Request("UINT8", Pixels(1), i % 10 == 3 ? [1, 1, 4, 5] : null);
            request.Id = $"{i}";
            await stream.RequestStream.WriteAsync(request, Cancel);
        }
        await stream.RequestStream.CompleteAsync();

        var responses = await receiving;
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), responses.Select(response => response.InferResponse.Id));
        Assert.Equal(20, responses.Count(response => response.ErrorMessage.Contains("unexpected shape", StringComparison.Ordinal)));
        Assert.All(responses.Where(response => response.ErrorMessage == ""), response =>
            Assert.Equal(12, response.InferResponse.RawOutputContents[0].Length));
    }

    [Fact]
    public async Task ModelStreamInfer_StatusesAskedFor_EndsWithTheFirstError()
    {
        await using var server = await TestServer.StartAsync();
        using var stream = Client(server).ModelStreamInfer(new Metadata { { "triton_grpc_error", "true" } }, cancellationToken: Cancel);
        await stream.RequestStream.WriteAsync(Request("UINT8", Pixels(1), [7]), Cancel);

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await stream.ResponseStream.MoveNext(Cancel));
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }

    [Fact]
    public async Task Descriptions_OfAModel_FitTogether()
    {
        await using var server = await TestServer.StartAsync();
        var client = Client(server);

        Assert.True((await client.ServerLiveAsync(new(), cancellationToken: Cancel)).Live);
        Assert.True((await client.ServerReadyAsync(new(), cancellationToken: Cancel)).Ready);
        Assert.True((await client.ModelReadyAsync(new() { Name = "tiny" }, cancellationToken: Cancel)).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "tiny", Version = "2" }, cancellationToken: Cancel)).Ready);
        var metadata = await client.ModelMetadataAsync(new() { Name = "tiny" }, cancellationToken: Cancel);
        var config = (await client.ModelConfigAsync(new() { Name = "tiny" }, cancellationToken: Cancel)).Config;
        Assert.Equal(["1"], metadata.Versions);
        Assert.Equal([-1, 1, 4, 4], metadata.Inputs[0].Shape);
        Assert.Equal([1, 4, 4], config.Input[0].Dims);
        Assert.Equal((metadata.Inputs[0].Name, metadata.Outputs[0].Name), (config.Input[0].Name, config.Output[0].Name));
        Assert.Equal(ModelInput.Types.Format.Nchw, config.Input[0].Format);
        Assert.True(config.MaxBatchSize > 0);
        Assert.Equal("READY", Assert.Single((await client.RepositoryIndexAsync(new(), cancellationToken: Cancel)).Models).State);
    }

    [Fact]
    public async Task ModelStatistics_AfterRequests_CountsThem()
    {
        await using var server = await TestServer.StartAsync();
        var client = Client(server);
        await client.ModelInferAsync(Request("UINT8", Pixels(2)), cancellationToken: Cancel);
        await client.ModelInferAsync(Request("UINT8", Pixels(1)), cancellationToken: Cancel);
        await Assert.ThrowsAsync<RpcException>(
            async () => await client.ModelInferAsync(Request("UINT8", Pixels(1), [1]), cancellationToken: Cancel));

        var statistics = Assert.Single((await client.ModelStatisticsAsync(new() { Name = "tiny" }, cancellationToken: Cancel)).ModelStats);

        Assert.Equal((3UL, 2UL), (statistics.InferenceCount, statistics.ExecutionCount));
        Assert.Equal((2UL, 1UL), (statistics.InferenceStats.Success.Count, statistics.InferenceStats.Fail.Count));
        Assert.True(statistics.InferenceStats.Success.Ns >= statistics.InferenceStats.ComputeInfer.Ns);
        Assert.Equal([1UL, 2UL], statistics.BatchStats.Select(batch => batch.BatchSize));
        var responses = Assert.Single(statistics.ResponseStats);
        Assert.Equal(
            ("0", 2UL, 1UL, 0UL), (responses.Key, responses.Value.Success.Count, responses.Value.Fail.Count, responses.Value.Cancel.Count));
        Assert.NotEqual(0UL, statistics.LastInference);
    }

    [Fact]
    public async Task Call_NotOffered_IsUnimplementedAndNotAdvertised()
    {
        await using var server = await TestServer.StartAsync();
        var client = Client(server);
        Func<Task>[] calls =
        [
            async () => await client.SystemSharedMemoryStatusAsync(new(), cancellationToken: Cancel),
            async () => await client.SystemSharedMemoryRegisterAsync(new(), cancellationToken: Cancel),
            async () => await client.SystemSharedMemoryUnregisterAsync(new(), cancellationToken: Cancel),
            async () => await client.CudaSharedMemoryStatusAsync(new(), cancellationToken: Cancel),
            async () => await client.CudaSharedMemoryRegisterAsync(new(), cancellationToken: Cancel),
            async () => await client.CudaSharedMemoryUnregisterAsync(new(), cancellationToken: Cancel),
            async () => await client.TraceSettingAsync(new(), cancellationToken: Cancel),
            async () => await client.LogSettingsAsync(new(), cancellationToken: Cancel),
        ];

        foreach (var call in calls)
            Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        var extensions = (await client.ServerMetadataAsync(new(), cancellationToken: Cancel)).Extensions;
        Assert.Equal(["classification", "binary_tensor_data", "model_configuration", "parameters", "statistics"], extensions);
    }

    [Fact]
    public async Task RepositoryControl_ByDefault_IsClosedAndSaysHowToOpenIt()
    {
        await using var server = await TestServer.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await Client(server).RepositoryModelUnloadAsync(new() { ModelName = "tiny" }, cancellationToken: Cancel));
        var rest = await server.Http.PostAsync("/v2/repository/models/tiny/load", null, Cancel);

        Assert.Equal(StatusCode.PermissionDenied, exception.StatusCode);
        Assert.Contains("Security:ControlTokensFile", exception.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, rest.StatusCode);
        Assert.Contains("{\"error\":", await rest.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepositoryControl_Opened_LoadsAndUnloads()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny", "--Security:OpenControl=true");
        var client = Client(server);

        Assert.Contains("model_repository", (await client.ServerMetadataAsync(new(), cancellationToken: Cancel)).Extensions);
        await client.RepositoryModelUnloadAsync(new() { ModelName = "tiny" }, cancellationToken: Cancel);
        Assert.False((await client.ModelReadyAsync(new() { Name = "tiny" }, cancellationToken: Cancel)).Ready);
        await client.RepositoryModelLoadAsync(new() { ModelName = "tiny" }, cancellationToken: Cancel);
        Assert.True((await client.ModelReadyAsync(new() { Name = "tiny" }, cancellationToken: Cancel)).Ready);
        var withConfig = new RepositoryModelLoadRequest { ModelName = "tiny", Parameters = { ["config"] = new() { StringParam = "{}" } } };
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(
            async () => await client.RepositoryModelLoadAsync(withConfig, cancellationToken: Cancel))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(
            async () => await client.RepositoryModelLoadAsync(new() { ModelName = "x" }, cancellationToken: Cancel))).StatusCode);
    }

    [Fact]
    public async Task ModelInfer_TimingAskedFor_ComesInATrailer()
    {
        await using var server = await TestServer.StartAsync();
        using var call = Client(server).ModelInferAsync(
            Request("UINT8", Pixels(1)), new Metadata { { "lenetserve-timing", "1" } }, cancellationToken: Cancel);
        await call;

        Assert.Matches(@"^queue;dur=[0-9.]+, decode;dur=[0-9.]+, inference;dur=[0-9.]+, total;dur=[0-9.]+$", call.GetTrailers().GetValue(
            "server-timing"));
    }

    internal const string OutputName = "output";

    internal static byte[] Pixels(int images) => [.. Enumerable.Range(0, 16 * images).Select(pixel => (byte)(pixel * 37))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static GRPCInferenceService.GRPCInferenceServiceClient Client(TestServer server) => new(server.Channel);

    private static ModelInferRequest Request(string datatype, byte[]? raw, long[]? shape = null)
    {
        var images = raw is null ? 1 : Math.Max(1, raw.Length / 16 / (datatype == "FP32" ? 4 : 1));
        var request = new ModelInferRequest
        {
            ModelName = "tiny",
            Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "pixels", Datatype = datatype, Shape = { shape
                ?? [images, 1, 4, 4] } } },
        };
        if (raw is not null)
            request.RawInputContents.Add(ByteString.CopyFrom(raw));
        return request;
    }
}
