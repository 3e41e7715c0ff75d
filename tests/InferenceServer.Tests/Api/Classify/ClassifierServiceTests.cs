using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class ClassifierServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classify_RawPixels_GivesLabelsBestFirst()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Client.ClassifyAsync(new() { Image = Stripe(1) }, cancellationToken: Cancellation);

        Assert.Equal("tiny", response.Model);
        Assert.Equal(1, response.Version);
        Assert.Equal(["b", "a", "c"], response.Predictions.Select(prediction => prediction.Label));
        Assert.Equal([1, 0, 2], response.Predictions.Select(prediction => prediction.Index));
        Assert.Equal(1, response.Predictions.Sum(prediction => prediction.Probability), 1e-5f);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(99, 3)]
    public async Task Classify_TopK_GivesSoMany(int topK, int expected)
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Client.ClassifyAsync(
            new() { Model = "tiny", Version = 1, TopK = topK, Image = Stripe(2) }, cancellationToken: Cancellation);

        Assert.Equal(expected, response.Predictions.Count);
        Assert.Equal("c", response.Predictions[0].Label);
    }

    [Fact]
    public async Task Classify_WrongSize_NamesFoundExpectedAndField()
    {
        await using var server = await TestServer.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.ClassifyAsync(
                new() { Image = new() { Pixels = ByteString.CopyFrom(1, 2, 3) } }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains("3 bytes of pixels, expected 16", exception.Status.Detail);
        var violation = Assert.Single(exception.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations);
        Assert.Equal("image.pixels", violation.Field);
    }

    [Theory]
    [InlineData("nobody", 0, "no model \"nobody\", expected one of tiny")]
    [InlineData("tiny", 7, "has no version 7, expected one of 1")]
    [InlineData("tiny@gone", 0, "has no version @gone")]
    public async Task Classify_UnknownModel_IsNotFoundWithTheNames(string model, long version, string expected)
    {
        await using var server = await TestServer.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.ClassifyAsync(
                new() { Model = model, Version = version, Image = Stripe(0) }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
        Assert.Contains(expected, exception.Status.Detail);
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Classify_FaultyRequest_IsInvalidArgument(ClassifyRequest request, string expected)
    {
        await using var server = await TestServer.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ClassifyAsync(request, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains(expected, exception.Status.Detail);
    }

    public static TheoryData<ClassifyRequest, string> Faulty => new()
    {
        { new(), "no image" },
        { new() { Image = new() }, "no image" },
        { new() { Image = Stripe(0), TopK = -1 }, "top_k is -1" },
        { new() { Image = new() { Encoded = ByteString.CopyFromUtf8("this is certainly no picture") } },
            "the picture starts with the text \"this is certainly no pic\", expected a whole PNG" },
        { new() { Image = new() { Encoded = ByteString.CopyFromUtf8("x") }, Geometry = (Geometry)77 }, "geometry is 77" },
        { new() { Image = Stripe(0), Geometry = (Geometry)78 }, "geometry is 78" },
    };

    [Fact]
    public async Task Classify_MessageOverTheLimit_IsResourceExhausted()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=2000");

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.ClassifyAsync(
                new() { Image = new() { Pixels = ByteString.CopyFrom(new byte[200_000]) } }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
        Assert.EndsWith(
            "expected at most 2000; send less or smaller pictures, or start the server with a larger --Limits:MaxMessageBytes",
            exception.Status.Detail);
    }

    [Fact]
    public async Task Classify_BytesThatAreNoMessage_AreABadRequest()
    {
        await using var server = await TestServer.StartAsync();
        var bytes = Marshallers.Create<byte[]>(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "lenetserve.v1.Classifier", "Classify", bytes, bytes);

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new(cancellationToken: Cancellation), [0xFF]));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains("the bytes are not a ClassifyRequest", Assert.Single(
            exception.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Description);
    }

    [Fact]
    public async Task Classify_EncodedImageOfTheModelsSize_EqualsItsPixels()
    {
        await using var server = await TestServer.StartAsync();
        var pixels = new byte[16];
        new Random(5).NextBytes(pixels);

        var raw = await server.Client.ClassifyAsync(
            new() { Image = new() { Pixels = ByteString.CopyFrom(pixels) } }, cancellationToken: Cancellation);
        var png = await server.Client.ClassifyAsync(
            new() { Image = new() { Encoded = ByteString.CopyFrom(Pictures.Png(pixels, 4, 4)) } }, cancellationToken: Cancellation);

        Assert.Equal(raw, png);
    }

    [Fact]
    public async Task Classify_SeveralModelsAndNoName_AsksForOne()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            new TinyOnnx().Write(Path.Combine(models, "one", "1"));
            new TinyOnnx().Write(Path.Combine(models, "two", "1"));
        });

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ClassifyAsync(new() { Image = Stripe(0) }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains("one, two", exception.Status.Detail);
    }

    [Fact]
    public async Task ClassifyBatch_OneBrokenImage_FailsAlone()
    {
        await using var server = await TestServer.StartAsync();
        var request = new ClassifyBatchRequest
        {
            TopK = 1,
            Images = { Stripe(0), new Image { Pixels = ByteString.CopyFrom(1) }, new Image(), Stripe(2),
                new Image { Encoded = ByteString.CopyFrom(Pictures.Png(new byte[16], 4, 4)) } },
        };

        var response = await server.Client.ClassifyBatchAsync(request, cancellationToken: Cancellation);

        Assert.Equal(["a", "", "", "c", "a"], response.Items.Select(item => item.Predictions.FirstOrDefault()?.Label ?? ""));
        Assert.Equal((int)StatusCode.InvalidArgument, response.Items[1].Error.Code);
        Assert.Contains("1 bytes of pixels, expected 16", response.Items[1].Error.Message);
        Assert.Contains("no image", response.Items[2].Error.Message);
    }

    [Fact]
    public async Task Classify_OutputOfOneImageIsNaN_IsRefusedAndTheBatchGoesOn()
    {
        await using var server = await TestServer.StartAsync(models => new TinyOnnx().WithNaN().Write(Path.Combine(models, "tiny", "1")));
        var undefined = new Image { Pixels = ByteString.CopyFrom([255, .. new byte[15]]) };

        var alone = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ClassifyAsync(new() { Image = undefined }, cancellationToken: Cancellation));
        var batch = await server.Client.ClassifyBatchAsync(new() { Images = { undefined, Stripe(1) } }, cancellationToken: Cancellation);

        const string message = "the model's output \"output\" is NaN or infinite for this image";
        Assert.Equal((StatusCode.FailedPrecondition, message), (alone.StatusCode, alone.Status.Detail));
        Assert.Equal(message, batch.Items[0].Error.Message);
        Assert.Equal(3, batch.Items[1].Predictions.Count);
    }

    [Fact]
    public async Task ClassifyBatch_MoreThanTheLimit_IsInvalidArgument()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxBatch=3");
        var request = new ClassifyBatchRequest { Images = { Enumerable.Repeat(Stripe(0), 4) } };

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ClassifyBatchAsync(request, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains("4 images in one request, expected at most 3", exception.Status.Detail);
    }

    [Fact]
    public async Task ClassifyBatch_Empty_IsAnEmptyAnswer()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Empty((await server.Client.ClassifyBatchAsync(new(), cancellationToken: Cancellation)).Items);
    }

    [Fact]
    public async Task ClassifyStream_ManyMixedRequests_AnswersInOrderWithIds()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client.ClassifyStream(cancellationToken: Cancellation);
        const int count = 500;
        var sending = Task.Run(async () =>
        {
            for (var index = 0; index < count; index++)
                await call.RequestStream.WriteAsync(Message(index), Cancellation);
            await call.RequestStream.CompleteAsync();
        }, Cancellation);

        var answers = new List<ClassifyStreamResponse>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
            answers.Add(answer);
        await sending;

        Assert.Equal(Enumerable.Range(0, count).Select(index => $"{index}"), answers.Select(answer => answer.Id));
        for (var index = 0; index < count; index++)
            if (index % 5 == 4)
                Assert.Equal((int)StatusCode.InvalidArgument, answers[index].Error.Code);
            else
                Assert.Equal(index % 3, answers[index].Response.Predictions[0].Index);

        static ClassifyStreamRequest Message(int index) => new()
        {
            Id = $"{index}",
            Request = (index % 5) switch
            {
                4 => index % 2 == 0 ? null : new() { Image = new() { Encoded = ByteString.CopyFrom(9) } },
                1 => new() { Image = new() { Encoded = ByteString.CopyFrom(Pictures.Png(Stripe(index % 3).Pixels.ToByteArray(), 4, 4)) } },
                _ => new() { Image = Stripe(index % 3) },
            },
        };
    }

    [Fact]
    public async Task ClassifyStream_PixelsThatHaveCome_RunTogetherAndCountEach()
    {
        await using var server = await TestServer.StartAsync();
        var metrics = server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1);
        var call = new FakeCall<ClassifyStreamRequest, ClassifyStreamResponse>(
            Enumerable.Range(0, 40).Select(index => new ClassifyStreamRequest
            {
                Id = $"{index}",
                Request = new() { TopK = 1, Image = index == 3 ? new() { Pixels = ByteString.CopyFrom(1) } : Stripe(index % 3) },
            }));

        await server.App.Services.GetRequiredService<ClassifierService>().ClassifyStream(call, call, call).WaitAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 40).Select(index => $"{index}"), call.Written.Select(answer => answer.Response.Id));
        for (var index = 0; index < 40; index++)
            if (index == 3)
                Assert.Contains("1 bytes of pixels, expected 16", call.Written[index].Response.Error.Message);
            else
                Assert.Equal(index % 3, Assert.Single(call.Written[index].Response.Response.Predictions).Index);
        Assert.Equal([8, 15, 16], metrics.Batches.Select(batch => batch.Size));
        Assert.Equal((39, 39, 1, 0), (metrics.Inferences, metrics[RequestOutcome.Ok]!.Request.Read().Count,
            metrics[RequestOutcome.Invalid]!.Request.Read().Count, metrics.Pending));
        Assert.Equal([15, 31, 39], Enumerable.Range(0, 40).Where(index => !call.Written[index].IsHeldBack));
    }

    [Fact]
    public async Task ClassifyStream_MoreHaveComeThanMayRunTogether_AreAllAnswered()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxBatch=3");
        var call = new FakeCall<ClassifyStreamRequest, ClassifyStreamResponse>(Messages(10));

        await server.App.Services.GetRequiredService<ClassifierService>().ClassifyStream(call, call, call).WaitAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 10).Select(index => index % 3), call.Written.Select(
            answer => answer.Response.Response.Predictions[0].Index));
        Assert.Equal([1, 3], server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1).Batches.Select(batch => batch.Size));
    }

    [Fact]
    public async Task ClassifyStream_SlowModel_RunsEachMessageOnItsOwn()
    {
        // Each look at the clock takes a millisecond of it, and so does each run.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Services.AddSingleton<TimeProvider>(time));
        var call = new FakeCall<ClassifyStreamRequest, ClassifyStreamResponse>(Messages(10));

        await server.App.Services.GetRequiredService<ClassifierService>().ClassifyStream(call, call, call).WaitAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 10).Select(index => index % 3), call.Written.Select(
            answer => answer.Response.Response.Predictions[0].Index));
        Assert.Equal([1], server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1).Batches.Select(batch => batch.Size));
    }

    [Fact]
    public async Task ClassifyStream_ServerEndsWhileAnAnswerIsWritten_AnswersAllThatWasReadAndSaysUnavailable()
    {
        await using var server = await TestServer.StartAsync();
        var written = new TaskCompletionSource();
        var call = new FakeCall<ClassifyStreamRequest, ClassifyStreamResponse>(Messages(3)) { StaysOpen = true, Writing = written.Task };
        var stream = server.App.Services.GetRequiredService<ClassifierService>().ClassifyStream(call, call, call);
        Assert.Single(call.Written);

        server.App.Services.GetRequiredService<ServerLifecycle>().End();

        Assert.True(call.GivesUpReading.IsCancellationRequested);
        Assert.False(stream.IsCompleted);
        written.SetResult();
        var exception = await Assert.ThrowsAsync<RpcException>(() => stream.WaitAsync(Cancellation));
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Equal(["0", "1", "2"], call.Written.Select(answer => answer.Response.Id));
    }

    [Fact]
    public async Task ClassifyAsync_UnexpectedException_GivesTheVersionBack()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny");
        var version = server.Repository.Current.Versions.Single();

        await Assert.ThrowsAsync<NotSupportedException>(async () => await server.App.Services.GetRequiredService<ClassifierService>()
            .ClassifyAsync(new() { Image = Stripe(0) }, new(DateTime.MaxValue, Cancellation), _ => throw new NotSupportedException()));

        await server.Repository.UnloadAsync("tiny", Cancellation);
        await Eventually.TrueAsync(() => version.Drained.IsCompleted);
    }

    private static IEnumerable<ClassifyStreamRequest> Messages(int count) =>
        Enumerable.Range(0, count).Select(
            index => new ClassifyStreamRequest { Id = $"{index}", Request = new() { Image = Stripe(index % 3) } });

    [Fact]
    public async Task ClassifyStream_OtherModelAndFaultsBetween_AreAnsweredInTheirPlaces()
    {
        await using var server = await TestServer.StartAsync();
        ClassifyStreamRequest Message(int index) => new()
        {
            Id = $"{index}",
            Request = (index % 7) switch
            {
                2 => new() { Model = "nobody", Image = Stripe(0) },
                4 => new() { Image = Stripe(0), TopK = -1 },
                5 => null,
                _ => new() { Model = index % 2 == 0 ? "tiny" : "", Image = Stripe(index % 3) },
            },
        };
        var call = new FakeCall<ClassifyStreamRequest, ClassifyStreamResponse>(Enumerable.Range(0, 70).Select(Message));

        await server.App.Services.GetRequiredService<ClassifierService>().ClassifyStream(call, call, call).WaitAsync(Cancellation);

        for (var index = 0; index < 70; index++)
        {
            var response = call.Written[index].Response;
            Assert.Equal($"{index}", response.Id);
            Assert.Equal((index % 7) switch
            {
                2 =>
                (int)StatusCode.NotFound,
                4 or 5 => (int)StatusCode.InvalidArgument,
                _ => 0
            }, response.Error?.Code ?? 0);
            if (response.Error is null)
                Assert.Equal(index % 3, response.Response.Predictions[0].Index);
        }
    }

    [Fact]
    public async Task Classify_CallerGone_IsCancelledBeforeItRuns()
    {
        await using var server = await TestServer.StartAsync();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var call = new FakeCall<ClassifyRequest, ClassifyResponse>([]);
        call.GetHttpContext().RequestAborted = gone.Token;

        var exception = await Assert.ThrowsAsync<RpcException>(
            () => server.App.Services.GetRequiredService<ClassifierService>().Classify(new() { Image = Stripe(1) }, call));

        Assert.Equal(StatusCode.Cancelled, exception.StatusCode);
        Assert.Equal(0, server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1).Executions);
    }

    [Theory]
    [InlineData("/nobody.Nothing/Does")]
    [InlineData("/lenetserve.v1.Classifier/Nothing")]
    public async Task Call_UnknownMethod_IsUnimplementedAndNamed(string path)
    {
        await using var server = await TestServer.StartAsync();
        var method = new Method<ListModelsRequest, ListModelsResponse>(MethodType.Unary, path.Split('/')[1], path.Split('/')[2],
            Marshallers.Create(message => message.ToByteArray(), ListModelsRequest.Parser.ParseFrom), Marshallers.Create(
                message => message.ToByteArray(), ListModelsResponse.Parser.ParseFrom));

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new(cancellationToken: Cancellation), new()));

        Assert.Equal(StatusCode.Unimplemented, exception.StatusCode);
        Assert.Contains(path, exception.Status.Detail);
    }

    [Fact]
    public async Task GetModel_AndListModels_TellWhatIsServed()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            new TinyOnnx().Write(Path.Combine(models, "tiny", "1"), "a\nb\nc\n");
            new TinyOnnx { Channels = 3 }.Write(Path.Combine(models, "tiny", "2"));
            Directory.CreateDirectory(Path.Combine(models, "tiny", "3"));
            File.WriteAllText(Path.Combine(models, "tiny", "3", "model.onnx"), "no model");
        });

        var models = (await server.Client.ListModelsAsync(new(), cancellationToken: Cancellation)).Models;
        var newest = await server.Client.GetModelAsync(new() { Name = "tiny" }, cancellationToken: Cancellation);
        var broken = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.GetModelAsync(new() { Name = "tiny", Version = 3 }, cancellationToken: Cancellation));

        Assert.Equal([(1, "READY", false), (2, "READY", true), (3, "UNAVAILABLE", false)], models.Select(
            model => (model.Version, model.State, model.Default)));
        Assert.Equal(["a", "b", "c"], models[0].Labels);
        Assert.Equal(models[1], newest);
        Assert.Equal(
            (2, 3, 4, 4, "cpu", 64), (newest.Version, newest.Channels, newest.Height, newest.Width, newest.Device, newest.Sha256.Length));
        Assert.Equal(StatusCode.Unavailable, broken.StatusCode);
        Assert.Contains("cannot open it", broken.Status.Detail);
    }

    internal static Image Stripe(int stripe)
    {
        var pixels = new byte[16];
        for (var pixel = 0; pixel < 16; pixel++)
            pixels[pixel] = (byte)(pixel * 3 / 16 == stripe ? 255 : 0);
        return new() { Pixels = ByteString.CopyFrom(pixels) };
    }
}
