using System.Globalization;
using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Models;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeNetServe.InferenceServer.Tests.Recording;

public sealed class ImageLogTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Classify_WithoutAFolder_LogsNothing()
    {
        await using var server = await TestServer.StartAsync();
        await ClassifyAsync(server, ClassifierServiceTests.Stripe(1));

        var metrics = await server.Http.GetStringAsync("/metrics", Cancellation);

        Assert.Contains("\nlenetserve_logged_images_total 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classify_EveryImageLogged_WritesThePixelsUnderTheAnswer()
    {
        await using (var server = await StartAsync())
        {
            await ClassifyAsync(server, ClassifierServiceTests.Stripe(1));
            await ClassifyAsync(server, Pictures.Stripe(2));
            ClassifyBatchRequest batch = new() { Model = "tiny", Images = { ClassifierServiceTests.Stripe(0), Pictures.Stripe(0) } };
            await server.Client.ClassifyBatchAsync(batch, cancellationToken: Cancellation);
            await WrittenAsync(server, 4);
        }

        var files = Directory.GetFiles(directory["log", "tiny"]).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["b", "c", "a", "a"], files.Select(file => Path.GetFileName(file).Split('_')[2]));
        Assert.All(files.Zip([1, 2, 0, 0]), pair => Assert.Equal(
            ClassifierServiceTests.Stripe(pair.Second).Pixels.ToByteArray(), Read(pair.First)));
    }

    [Fact]
    public async Task Infer_PixelsAsFloats_AreLogged()
    {
        await using var server = await StartAsync();
        var stripe = ClassifierServiceTests.Stripe(1).Pixels.ToByteArray();
        var data = string.Join(',', stripe);
        var body = $$"""{"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"FP32","data":[{{data}}]}]}""";
        using var answer = await server.Http.PostAsync(
            "/v2/models/tiny/infer", new StringContent(body, null, "application/json"), Cancellation);
        answer.EnsureSuccessStatusCode();
        await WrittenAsync(server, 1);

        Assert.Equal(stripe, Read(Assert.Single(Directory.GetFiles(directory["log", "tiny"]))));
    }

    [Fact]
    public async Task Classify_ALoggedFile_GivesTheLoggedAnswer()
    {
        var golden = GoldenTensors.Read(Path.Combine(ShippedModels.Folder("lenet5-mnist"), GoldenTensors.FileName));
        var pixels = Google.Protobuf.ByteString.CopyFrom(golden.Pixels, 0, golden.Shape.Count);
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, Settings());
        var first = await ClassifyAsync(server, new() { Pixels = pixels }, "lenet5-mnist");
        await WrittenAsync(server, 1);

        var file = Assert.Single(Directory.GetFiles(directory["log", "lenet5-mnist"]));
        var encoded = Google.Protobuf.ByteString.CopyFrom(await File.ReadAllBytesAsync(file, Cancellation));
        var second = await ClassifyAsync(server, new() { Encoded = encoded }, "lenet5-mnist");

        Assert.Equal(first.Predictions, second.Predictions);
        var best = first.Predictions[0];
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"_1_{best.Label}_{best.Probability:0.0000}"), file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckGolden_EveryImageLogged_LogsNoTestImage()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, Settings());

        await server.Client.CheckGoldenAsync(new() { Model = "lenet5-mnist" }, cancellationToken: Cancellation);
        await ClassifyAsync(server, new() { Pixels = Google.Protobuf.ByteString.CopyFrom(new byte[1024]) }, "lenet5-mnist");
        await WrittenAsync(server, 1);

        Assert.Single(Directory.GetFiles(directory["log", "lenet5-mnist"]));
    }

    [Fact]
    public async Task Classify_LogCannotBeWritten_IsAnsweredAndTheImageIsCounted()
    {
        var log = new RecordedLog();
        Directory.CreateDirectory(directory["log"]);
        await File.WriteAllTextAsync(directory["log", "tiny"], "in the way of the model's folder", Cancellation);
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Logging.AddProvider(log), Settings());

        for (var call = 0; call < 3; call++)
            await ClassifyAsync(server, ClassifierServiceTests.Stripe(1));

        await Eventually.TrueAsync(async () => (await server.Http.GetStringAsync("/metrics", Cancellation))
            .Contains("\nlenetserve_dropped_log_images_total 3\n", StringComparison.Ordinal));
        Assert.Single(log.Entries, entry => entry.Message.StartsWith("Drops images of the log", StringComparison.Ordinal));
    }

    [Fact]
    public void Add_QueueFull_DropsAndCounts()
    {
        using var log = Create(perMille: 1000);

        for (var image = 0; image < 300; image++)
            log.Add(new("tiny", 1, "a", 1, null, new(1, 4, 4), new byte[16]));

        Assert.Equal(300 - 256, log.Dropped);
    }

    [Theory]
    [InlineData(1, 0, 30)]
    [InlineData(10, 60, 140)]
    [InlineData(500, 4_800, 5_200)]
    [InlineData(1000, 10_000, 10_000)]
    public void Draw_OfTenThousandImages_TakesTheShare(int perMille, int least, int most)
    {
        using var log = Create(perMille);

        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => log.Draw()), least, most);
    }

    private static async Task<ClassifyResponse> ClassifyAsync(TestServer server, Image image, string model = "tiny") =>
        await server.Client.ClassifyAsync(new() { Model = model, Image = image }, cancellationToken: Cancellation);

    private static Task WrittenAsync(TestServer server, int images) => Eventually.TrueAsync(async () =>
        (await server.Http.GetStringAsync("/metrics", Cancellation))
            .Contains($"\nlenetserve_logged_images_total {images}\n", StringComparison.Ordinal));

    private static byte[] Read(string file)
    {
        var pixels = new byte[16];
        new ImagePreprocessor(new() { Input = new(1, 4, 4) }).Process(File.ReadAllBytes(file), pixels);
        return pixels;
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(Settings());

    private string[] Settings() =>
        [$"--ImageLog:Folder={Directory.CreateDirectory(directory["log"]).FullName}", "--ImageLog:PerMille=1000"];

    private ImageLog Create(int perMille) =>
        new(new() { Folder = directory["log"], PerMille = perMille }, TimeProvider.System, NullLogger<ImageLog>.Instance);
}
