using System.Text.Json;
using LeNetServe.Client;
using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The best class of every test image, asked of a model in each way that users have.</summary>
internal static class Hops
{
    /// <summary>ONNX Runtime's probabilities, in this process, on raw pixels.</summary>
    public static float[] OnnxRuntime(string version, ImageSet images)
    {
        using var model = ClassifierModel.Open(version);
        var probabilities = new float[images.Count * model.Facts.Classes];
        model.Classify(images.Pixels, probabilities);
        return probabilities;
    }

    /// <summary>The server over a socket.</summary>
    public static async Task<int[]> Server(ServerProcess server, string model, IEnumerable<ImageSource> images)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new LeNetServeClient(server.GrpcUrl);
        var best = new List<int>();
        await foreach (var outcome in client.ClassifyStreamAsync(
            images.ToAsyncEnumerable(), new() { Model = model, TopK = 1 }, cancellation))
            best.Add(outcome.Classification?.Best.Index ?? throw outcome.Error!);
        return [.. best];
    }

    /// <summary>The batch scorer on a folder of files named by their numbers.</summary>
    public static async Task<int[]> BatchScorer(string folder, int count, params string[] arguments)
    {
        using var output = new TemporaryFolder();
        var scores = output.Combine("scores.jsonl");
        (await BuiltProgram.Run("BatchScorer", output.Path, ["score", folder, "--out", scores, .. arguments])).Expect(ExitCode.Success);
        var best = Enumerable.Repeat(-1, count).ToArray();
        foreach (var line in File.ReadLines(scores))
        {
            using var row = JsonDocument.Parse(line);
            var image = int.Parse(Path.GetFileNameWithoutExtension(row.RootElement.GetProperty("path").GetString()!));
            best[image] = row.RootElement.GetProperty("index").GetInt32();
        }
        return best;
    }

    /// <summary>The best class of every row of probabilities.</summary>
    public static int[] Best(float[] probabilities, int classes) =>
        [.. Enumerable.Range(0, probabilities.Length / classes).Select(row => TopK.ArgMax(probabilities.AsSpan(row * classes, classes)))];
}
