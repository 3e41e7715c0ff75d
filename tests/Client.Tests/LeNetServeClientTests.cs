using Grpc.Core;
using LeNetServe.Client.Tests.Fakes;

namespace LeNetServe.Client.Tests;

public sealed class LeNetServeClientTests
{
    private static readonly byte[] Seven = [7, 1, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClassifyFileAsync_AFile_SendsItsContentAndReturnsTheAnswer()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, Seven, Token);

        var answer = await client.ClassifyFileAsync(
            path, new ClassifyOptions { Model = "digits", Version = 3, TopK = 2, Geometry = Geometry.Digit }, Token);

        File.Delete(path);
        Assert.Equal(new Prediction(7, "class 7", 0.75f), answer.Best);
        var request = server.Classifier.LastRequest!;
        Assert.Equal(Seven, request.Image.Encoded.ToByteArray());
        Assert.Equal(("digits", 3L, 2, V1.Geometry.Digit), (request.Model, request.Version, request.TopK, request.Geometry));
    }

    [Fact]
    public async Task ClassifyAsync_AStream_SendsAllOfIt()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);
        using var stream = new MemoryStream(Seven);

        var answer = await client.ClassifyAsync(stream, cancellationToken: Token);

        Assert.Equal(7, answer.Best.Index);
        Assert.True(stream.CanRead);
        Assert.Equal(Seven, server.Classifier.LastRequest!.Image.Encoded.ToByteArray());
    }

    [Fact]
    public async Task ClassifyPixelsAsync_Pixels_AreSentAsPixels()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);

        await client.ClassifyPixelsAsync(Seven, cancellationToken: Token);

        Assert.Equal(V1.Image.SourceOneofCase.Pixels, server.Classifier.LastRequest!.Image.SourceCase);
    }

    [Fact]
    public async Task ClassifyAsync_NoModelNamed_AsksForTheDefault()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(new LeNetServeClientOptions { Urls = { server.Url }, DefaultModel = "digits" });

        await client.ClassifyAsync(Seven, cancellationToken: Token);

        Assert.Equal("digits", server.Classifier.LastRequest!.Model);
    }

    [Fact]
    public async Task ClassifyBatchAsync_OneBrokenImage_HasItsOwnError()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);

        var outcomes = await client.ClassifyBatchAsync(
            [ImageSource.Encoded(Seven, "a"), ImageSource.Encoded(new byte[1], "b"), ImageSource.Pixels(new byte[] { 2 }, "c")],
            new ClassifyOptions { Model = "digits" }, Token);

        Assert.Equal(["a", "b", "c"], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(7, outcomes[0].OrThrow().Best.Index);
        Assert.Equal(2, outcomes[2].OrThrow().Best.Index);
        var error = Assert.Throws<LeNetServeException>(outcomes[1].OrThrow);
        Assert.Equal(LeNetServeErrorKind.InvalidInput, error.Kind);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task ListModelsAsync_AServer_NamesItsModels()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);

        var model = Assert.Single(await client.ListModelsAsync(Token));

        Assert.Equal(
            ("digits", 3L, 1024, Geometry.Digit, true), (model.Name, model.Version, model.PixelCount, model.Geometry, model.IsDefault));
        Assert.Equal(["zero", "one"], model.Labels);
    }

    [Fact]
    public async Task GetModelAsync_AnUnknownName_IsNotFoundWithTheServersWords()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.GetModelAsync("letters", cancellationToken: Token));

        Assert.Equal(LeNetServeErrorKind.NotFound, error.Kind);
        Assert.Equal("no model 'letters', there is: digits", error.Message);
        Assert.Equal("digits", (await client.GetModelAsync("digits", 3, Token)).Name);
    }

    [Fact]
    public async Task ClassifyAsync_NoOptions_HasADeadline()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);

        await client.ClassifyAsync(Seven, cancellationToken: Token);

        var left = server.Classifier.LastDeadline - TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.InRange(left, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task ClassifyAsync_AServerThatHangs_EndsAtTheDeadline()
    {
        await using var server = await FakeServer.Start(
            new FakeClassifier { Before = (_, context) => Task.Delay(Timeout.Infinite, context.CancellationToken) });
        using var client = new LeNetServeClient(server.Url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(
            () => client.ClassifyAsync(Seven, new ClassifyOptions { Timeout = TimeSpan.FromMilliseconds(50) }, Token));

        Assert.Equal(LeNetServeErrorKind.DeadlineExceeded, error.Kind);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task ClassifyAsync_TheCallersTokenCancelled_IsOperationCanceled()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = async (_, context) =>
            {
                await source.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            },
        });
        using var client = new LeNetServeClient(server.Url);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ClassifyAsync(Seven, cancellationToken: source.Token));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, LeNetServeErrorKind.InvalidInput)]
    [InlineData(StatusCode.Unauthenticated, LeNetServeErrorKind.Unauthenticated)]
    [InlineData(StatusCode.PermissionDenied, LeNetServeErrorKind.PermissionDenied)]
    [InlineData(StatusCode.Unimplemented, LeNetServeErrorKind.Unimplemented)]
    [InlineData(StatusCode.DataLoss, LeNetServeErrorKind.Internal)]
    public async Task ClassifyAsync_AStatus_IsTheTypedException(StatusCode status, LeNetServeErrorKind kind)
    {
        await using var server = await FakeServer.Start(
            new FakeClassifier { Before = (_, _) => throw new RpcException(new Status(status, "why")) });
        using var client = new LeNetServeClient(server.Url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.Equal((kind, "why", 1), (error.Kind, error.Message, server.Classifier.Calls));
    }

    [Fact]
    public async Task ClassifyAsync_AToken_IsSentAsBearer()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(
            new LeNetServeClientOptions { Urls = { server.Url }, TokenProvider = _ => ValueTask.FromResult("secret") });

        await client.ClassifyAsync(Seven, cancellationToken: Token);

        Assert.Equal("Bearer secret", server.Classifier.LastAuthorization);
    }

    [Fact]
    public void Constructor_WrongOptions_NamesEveryFault()
    {
        var error = Assert.Throws<ArgumentException>(() => new LeNetServeClient(new LeNetServeClientOptions
        {
            Urls = { "http://a:1", "https://b:2", "nonsense" },
            Timeout = TimeSpan.Zero,
            MaxAttempts = 9,
            StreamWindow = 0,
        }));

        foreach (var part in (string[])["'nonsense'", "mixes schemes", "Timeout is 00:00:00", "MaxAttempts is 9", "StreamWindow is 0"])
            Assert.Contains(part, error.Message);
    }
}
