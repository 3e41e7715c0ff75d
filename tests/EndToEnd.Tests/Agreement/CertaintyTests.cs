using System.Runtime.InteropServices;
using System.Text.Json;
using LeNetServe.Client;
using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Runtime;
using SkiaSharp;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The calibrated answer, the novelty and the sets of labels are the same in torch, in the file and in the server.</summary>
public sealed class CertaintyTests
{
    [Fact]
    public async Task Certainty_OfATrainedModel_IsTheSameAtEveryHop()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        (await BuiltProgram.Run("Trainer", folder.Path, ["train", "--dataset", "strokes", "--epochs", "2", "--out", "runs"]))
            .Expect(ExitCode.Success);
        var run = Assert.Single(Directory.GetDirectories(folder.Combine("runs")));
        (await BuiltProgram.Run("Trainer", folder.Path, ["evaluate", "--run", run, "--answers", "torch.safetensors"]))
            .Expect(ExitCode.Success);
        (await BuiltProgram.Run("Exporter", folder.Path,
            ["export", "--run", run, "--repository", "models", "--name", "strokes", "--outputs", "probabilities,novelty"]))
            .Expect(ExitCode.Success);
        var verified = await BuiltProgram.Run("Exporter", folder.Path, ["verify", "--model", "models/strokes", "--dataset", "strokes"]);
        verified.Expect(ExitCode.Success);
        Assert.Contains("certainty: calibration error", verified.Output, StringComparison.Ordinal);
        Assert.Contains("of the sets for 99.0", verified.Output, StringComparison.Ordinal);

        var test = DatasetCatalog.Open(new() { Name = "strokes" }, cancellation).Test;
        using var model = ClassifierModel.Open(folder.Combine("models", "strokes"));
        var rows = new float[test.Count * model.Facts.RowLength];
        model.Run(test.Pixels, rows);
        var torch = Models.GoldenTensors.Read(folder.Combine("torch.safetensors")).Probabilities;
        var found = rows.Chunk(model.Facts.RowLength).SelectMany(row => row[..model.Facts.Classes]);
        Assert.All(torch.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        // The threshold was chosen for one false alarm in a hundred.
        Assert.InRange(rows.Chunk(model.Facts.RowLength).Count(row => !model.Facts.IsKnown(row[^1])) / (double)test.Count, 0, 0.04);

        await using var server = await ServerProcess.Start(folder.Combine("models"));
        using var client = new LeNetServeClient(server.GrpcUrl);
        var known = await client.ClassifyPixelsAsync(test.Image(0).ToArray(), new() { Coverage = 0.99 }, cancellation);
        Assert.Equal(rows[model.Facts.Classes], known.Novelty!.Value, 1e-4f);
        Assert.True(known.IsKnown);
        Assert.Contains(known.Best.Label, known.LabelSet);
        var noise = new byte[1024];
        new Random(1).NextBytes(noise);
        Assert.False((await client.ClassifyPixelsAsync(noise, cancellationToken: cancellation)).IsKnown);
        ImageSource[] images = [ImageSource.Pixels(noise), ImageSource.Pixels(test.Image(0).ToArray())];
        var batch = await client.ClassifyBatchAsync(images, null, cancellation);
        Assert.Equal([false, true], batch.Select(image => image.OrThrow().IsKnown!.Value));
        var wrong = await Assert.ThrowsAsync<LeNetServeException>(
            () => client.ClassifyPixelsAsync(noise, new() { Coverage = 0.7 }, cancellation));
        Assert.Contains("coverage is 0.7, expected 0 for no set, or one of 0.9, 0.95", wrong.Message, StringComparison.Ordinal);
        await AssertRest(new() { BaseAddress = new($"http://127.0.0.1:{server.HttpPort}") }, noise);
        await AssertScorer(folder, server, noise);
    }

    private static async Task AssertScorer(TemporaryFolder folder, ServerProcess server, byte[] noise)
    {
        Directory.CreateDirectory(folder.Combine("pictures"));
        using var bitmap = new SKBitmap(new SKImageInfo(32, 32, SKColorType.Gray8));
        Marshal.Copy(noise, 0, bitmap.GetPixels(), noise.Length);
        File.WriteAllBytes(folder.Combine("pictures", "noise.png"), bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray());
        foreach (var model in (string[][])[["--model", "models/strokes"], ["--server", server.GrpcUrl]])
        {
            string[] score = ["score", "pictures", "--top-k", "1", "--imaging", "none", .. model];
            (await BuiltProgram.Run("BatchScorer", folder.Path, [.. score, "--out", "scores.csv"])).Expect(ExitCode.Success);
            var lines = File.ReadAllLines(folder.Combine("scores.csv"));
            Assert.StartsWith("path,label,index,score,novelty,is_known,actual", lines[0], StringComparison.Ordinal);
            Assert.Contains(",false,", lines[1], StringComparison.Ordinal);
            var rejected = await BuiltProgram.Run("BatchScorer", folder.Path, [.. score, "--reject", "--out", "rejected.jsonl"]);
            Assert.NotEqual((int)ExitCode.Success, rejected.ExitCode);
            Assert.Contains("\"error\":\"unknown\"", File.ReadAllText(folder.Combine("rejected.jsonl")), StringComparison.Ordinal);
        }
    }

    private static async Task AssertRest(HttpClient http, byte[] noise)
    {
        using var used = http;
        var cancellation = TestContext.Current.CancellationToken;
        var body = JsonSerializer.Serialize(new { image = new { pixels = Convert.ToBase64String(noise) }, coverage = 0.99 });
        using var answered = await http.PostAsync(
            "/v1/models/strokes:classify", new StringContent(body, null, "application/json"), cancellation);
        using var answer = JsonDocument.Parse(await answered.Content.ReadAsStringAsync(cancellation));
        Assert.False(answer.RootElement.GetProperty("isKnown").GetBoolean());
        Assert.Equal(JsonValueKind.Array, answer.RootElement.GetProperty("labelSet").ValueKind);
        using var metadata = JsonDocument.Parse(await http.GetStringAsync("/v2/models/strokes", cancellation));
        Assert.Equal(
            ["probabilities", "novelty"],
            metadata.RootElement.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("name").GetString()!));
        using var golden = JsonDocument.Parse(await http.GetStringAsync("/v1/models/strokes/golden", cancellation));
        Assert.True(golden.RootElement.GetProperty("passed").GetBoolean());
        // The golden images do not count.
        var metrics = await http.GetStringAsync("/metrics", cancellation);
        Assert.Contains("lenetserve_unknown_images_total{model=\"strokes\",version=\"1\"} 3", metrics, StringComparison.Ordinal);
    }
}
