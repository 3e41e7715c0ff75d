using Grpc.Core;
using LeNetServe.V1;

namespace LeNetServe.Client.Tests.Fakes;

/// <summary>A service with answers by a test. By default an image's first byte is its class.</summary>
internal sealed class FakeClassifier : Classifier.ClassifierBase
{
    public string Name { get; init; } = "server";

    public int Calls;

    public DateTime LastDeadline { get; private set; }

    public string LastHost { get; private set; } = "";

    public string? LastAuthorization { get; private set; }

    public ClassifyRequest? LastRequest { get; private set; }

    /// <summary>Gets or sets the action before the answer to the n-th call, counted from 1.</summary>
    public Func<int, ServerCallContext, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public override async Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context)
    {
        LastDeadline = context.Deadline;
        LastHost = context.Host;
        LastAuthorization = context.RequestHeaders.GetValue("authorization");
        LastRequest = request;
        await Before(Interlocked.Increment(ref Calls), context);
        return Answer(request);
    }

    public override Task<ClassifyBatchResponse> ClassifyBatch(ClassifyBatchRequest request, ServerCallContext context)
    {
        var response = new ClassifyBatchResponse { Model = request.Model, Version = 1 };
        foreach (var image in request.Images)
        {
            response.Items.Add(Bytes(image)[0] == 0
                ? new BatchItem { Error = NoImage() }
                : new BatchItem { Predictions = { Best(Bytes(image)[0]) } });
        }
        return Task.FromResult(response);
    }

    public override async Task ClassifyStream(
        IAsyncStreamReader<ClassifyStreamRequest> requests,
        IServerStreamWriter<ClassifyStreamResponse> responses,
        ServerCallContext context)
    {
        await foreach (var request in requests.ReadAllAsync())
        {
            await Before(Interlocked.Increment(ref Calls), context);
            await responses.WriteAsync(Bytes(request.Request.Image)[0] == 0
                ? new ClassifyStreamResponse { Id = request.Id, Error = NoImage() }
                : new ClassifyStreamResponse { Id = request.Id, Response = Answer(request.Request) });
        }
    }

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { TheModel() } });

    public override Task<Model> GetModel(GetModelRequest request, ServerCallContext context) => request.Name == "digits"
        ? Task.FromResult(TheModel())
        : throw new RpcException(new Status(StatusCode.NotFound, $"no model '{request.Name}', there is: digits"));

    private ClassifyResponse Answer(ClassifyRequest request) =>
        new() { Model = Name, Version = 1, Predictions = { Best(Bytes(request.Image)[0]) } };

    private static Error NoImage() => new() { Code = (int)StatusCode.InvalidArgument, Message = "found no image" };

    private static V1.Prediction Best(int index) => new() { Index = index, Label = $"class {index}", Probability = 0.75f };

    private static Google.Protobuf.ByteString Bytes(Image image) =>
        image.SourceCase == Image.SourceOneofCase.Pixels ? image.Pixels : image.Encoded;

    private static Model TheModel() => new()
    {
        Name = "digits",
        Version = 3,
        Labels = { "zero", "one" },
        Channels = 1,
        Height = 32,
        Width = 32,
        Geometry = V1.Geometry.Digit,
        Sha256 = "ab",
        Default = true,
    };
}
