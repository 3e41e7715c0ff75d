using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using LeNetServe.Models;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class ExplainTests
{
    private static readonly Lazy<GoldenTensors> Golden = new(
        () => GoldenTensors.Read(Path.Combine(ShippedModels.Folder("lenet5-mnist"), GoldenTensors.FileName)));

    /// <summary>The largest change of a pixel along the gradient.</summary>
    private const float Step = 0.5f;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Explain_AShippedModel_ReturnsItsLayersAndTheAnswerOfClassify()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);

        var explained = await server.Client.ExplainAsync(new() { Image = Image(0) }, cancellationToken: Cancellation);
        var classified = await server.Client.ClassifyAsync(new() { Image = Image(0) }, cancellationToken: Cancellation);

        Assert.Equal(classified.Predictions, explained.Predictions);
        Assert.Equal(Image(0).Pixels, explained.Pixels);
        Assert.Null(explained.Attribution);
        Assert.Equal(
            [
                "C1 6×28×28", "C1_relu 6×28×28", "S2 6×14×14", "C3 16×10×10", "C3_relu 16×10×10", "S4 16×5×5",
                "C5 120", "C5_relu 120", "F6 84", "F6_relu 84", "output 10",
            ],
            explained.Layers.Select(layer => $"{layer.Name} {string.Join('×', layer.Shape)}"));
        var logits = Values(explained.Layers[^1].Values);
        var expected = Golden.Value.Logits.AsSpan(0, 10).ToArray();
        Assert.All(logits.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
        var activations = Values(explained.Layers[0].Values).Zip(Values(explained.Layers[1].Values));
        Assert.All(activations, pair => Assert.Equal(Math.Max(0, pair.First), pair.Second));
    }

    [Fact]
    public async Task Explain_Occlusion_SaysThatTheInkSpeaksForTheClass()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);

        var explained = await server.Client.ExplainAsync(
            new() { Image = Image(0), Layers = { "output" }, Attribution = AttributionMethod.Occlusion }, cancellationToken: Cancellation);

        Assert.Equal("output", Assert.Single(explained.Layers).Name);
        Assert.Equal(explained.Predictions[0].Index, explained.Attribution.Target);
        Assert.Equal((32, 32), (explained.Attribution.Height, explained.Attribution.Width));
        var values = Values(explained.Attribution.Values);
        var pixels = explained.Pixels.ToByteArray();
        var ink = values.Where((_, pixel) => pixels[pixel] > 128).Average();
        var paper = values.Where((_, pixel) => pixels[pixel] == 0).Average();
        Assert.True(ink > 2 * Math.Abs(paper), $"{ink} and {paper}");
        // A patch over bare background changes nothing.
        Assert.Equal(0, values[0]);
    }

    [Fact]
    public async Task Explain_FileWithAGradient_AttributesByIt()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyLeNet1998);
        var request = new ExplainRequest { Image = Image(0), Layers = { "C1" }, Attribution = AttributionMethod.Automatic };

        var explained = await server.Client.ExplainAsync(request, cancellationToken: Cancellation);

        Assert.Equal(AttributionMethod.Gradient, explained.Attribution.Method);
        Assert.Equal(explained.Predictions[0].Index, explained.Attribution.Target);
        // The slope of the logit: a step along the gradient raises it by about the step times the gradient's square.
        using var model = new GraphSession(await File.ReadAllBytesAsync(
            Path.Combine(ShippedModels.Folder("lenet5-1998"), "model.onnx"), Cancellation));
        var slopes = Values(explained.Attribution.Values);
        var pixels = explained.Pixels.Select(pixel => (float)pixel).ToArray();
        var stepped = pixels.Zip(slopes, (pixel, slope) => pixel + slope * Step / slopes.Max(MathF.Abs)).ToArray();
        var expected = slopes.Sum(slope => slope * slope) * Step / slopes.Max(MathF.Abs);
        Assert.Equal(expected, Logit(stepped) - Logit(pixels), 0.1f * expected);

        float Logit(float[] image)
        {
            var inputs = new Dictionary<string, StoredTensor> { ["pixels"] = StoredTensor.From(image, 1, 1, 32, 32) };
            return model.Run(inputs)["output"].ToSingles()[explained.Attribution.Target];
        }
    }

    [Fact]
    public async Task Explain_FileWithAGradient_ComputesOcclusionForAnotherTarget()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyLeNet1998);
        var request = new ExplainRequest { Image = Image(0), Target = 3, Attribution = AttributionMethod.Automatic };

        var explained = await server.Client.ExplainAsync(request, cancellationToken: Cancellation);
        request.Attribution = AttributionMethod.Gradient;
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainAsync(request, cancellationToken: Cancellation));

        Assert.Equal(AttributionMethod.Occlusion, explained.Attribution.Method);
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("target is 3, expected 7", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_GradientOfAFileWithout_IsUnimplemented()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyForeign);
        var request = new ExplainRequest { Image = Image(0), Attribution = AttributionMethod.Gradient };

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainAsync(request, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
        Assert.Contains("--outputs probabilities,gradient", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_UnknownMethod_IsInvalid()
    {
        await using var server = await TestServer.StartAsync();
        var request = new ExplainRequest { Image = ClassifierServiceTests.Stripe(1), Attribution = (AttributionMethod)9 };

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainAsync(request, cancellationToken: Cancellation));

        Assert.Equal("attribution is 9, expected 0 (none), 1 (occlusion), 2 (gradient) or 3 (automatic)", refused.Status.Detail);
    }

    [Fact]
    public async Task Explain_WeightsByName_AreThoseOfTheFile()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        var request = new ExplainRequest { Image = Image(0), Layers = { "C1", "C1.weight", "C1.bias" } };

        var explained = await server.Client.ExplainAsync(request, cancellationToken: Cancellation);

        Assert.Equal(["C1 6×28×28", "C1.weight 6×1×5×5", "C1.bias 6"],
            explained.Layers.Select(layer => $"{layer.Name} {string.Join('×', layer.Shape)}"));
        var (values, weights) = (Values(explained.Layers[0].Values), Values(explained.Layers[1].Values));
        var sum = Values(explained.Layers[2].Values)[0];
        for (var tap = 0; tap < 25; tap++)
            sum += weights[tap] * explained.Pixels[((10 + tap / 5) * 32) + 10 + tap % 5];
        Assert.Equal(values[(10 * 28) + 10], sum, 1e-3f);
    }

    [Fact]
    public async Task Explain_ATargetOfTheCaller_IsAttributed()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);

        var explained = await server.Client.ExplainAsync(
            new() { Image = Image(0), Attribution = AttributionMethod.Occlusion, Target = 3 }, cancellationToken: Cancellation);

        Assert.Equal(3, explained.Attribution.Target);
    }

    [Fact]
    public async Task Explain_AForeignModel_ReadsTensorsByName()
    {
        await using var server = await TestServer.StartAsync();
        var image = ClassifierServiceTests.Stripe(1);

        var without = await server.Client.ExplainAsync(new() { Image = image }, cancellationToken: Cancellation);
        var named = await server.Client.ExplainAsync(
            new() { Image = image, Layers = { "scores", "flat" } }, cancellationToken: Cancellation);

        Assert.Equal("scores", Assert.Single(without.Layers).Name);
        Assert.Equal(["scores", "flat"], named.Layers.Select(layer => layer.Name));
        Assert.Equal([3], named.Layers[0].Shape);
        Assert.Equal(image.Pixels.Select(value => (float)value), Values(named.Layers[1].Values));
    }

    [Fact]
    public async Task Explain_AForeignModelWithoutNames_ReturnsTheEndsOfItsLayers()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyForeign);

        var explained = await server.Client.ExplainAsync(new() { Image = Image(0) }, cancellationToken: Cancellation);

        Assert.Equal(
            [
                "/net/C1_relu_output_0 6×28×28", "/net/S2_output_0 6×14×14", "/net/C3_relu_output_0 16×10×10",
                "/net/S4_output_0 16×5×5", "/net/C5_relu_output_0 120", "/net/F6_relu_output_0 84", "/net/output_output_0 10",
            ],
            explained.Layers.Select(layer => $"{layer.Name} {string.Join('×', layer.Shape)}"));
    }

    [Fact]
    public async Task Explain_UnknownTensorOrTarget_IsInvalid()
    {
        await using var server = await TestServer.StartAsync();
        var image = ClassifierServiceTests.Stripe(1);

        var tensor = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainAsync(new() { Image = image, Layers = { "C1" } }, cancellationToken: Cancellation));
        var target = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainAsync(new() { Image = image, Target = 3 }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.InvalidArgument, tensor.StatusCode);
        Assert.Equal("the graph has no tensor \"C1\", expected flat, scores, w, b", tensor.Status.Detail);
        Assert.Equal(StatusCode.InvalidArgument, target.StatusCode);
        Assert.Equal("target is 3, expected 0..2", target.Status.Detail);
    }

    [Fact]
    public async Task Explain_Off_IsUnimplemented()
    {
        await using var server = await TestServer.StartAsync("--Explain=off");

        var request = new ExplainRequest { Image = ClassifierServiceTests.Stripe(1) };
        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainAsync(request, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.Unimplemented, exception.StatusCode);
    }

    [Fact]
    public async Task Explain_AFileOverRest_IsExplained()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        var picture = Pictures.Png(Image(0).Pixels.ToByteArray(), 32, 32);

        using var content = new ByteArrayContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        const string route = "/v1/models/lenet5-mnist:explain?attribution=occlusion&layers=S2,S4";
        using var response = await server.Http.PostAsync(route, content, Cancellation);
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["S2", "S4"], json.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()));
        Assert.Equal(4 * 6 * 14 * 14, json.GetProperty("layers")[0].GetProperty("values").GetBytesFromBase64().Length);
        Assert.Equal(4 * 32 * 32, json.GetProperty("attribution").GetProperty("values").GetBytesFromBase64().Length);
    }

    private static Image Image(int index) => new() { Pixels = ByteString.CopyFrom(Golden.Value.Pixels, index * 32 * 32, 32 * 32) };

    private static float[] Values(ByteString bytes) => MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();
}
