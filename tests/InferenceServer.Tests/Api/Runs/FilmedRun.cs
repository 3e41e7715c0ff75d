using System.Text.Json;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.Runs;

/// <summary>The files of a run of three epochs, as the trainer writes them. The last line is cut off, as in a run that goes on.</summary>
internal static class FilmedRun
{
    public static string Write(TemporaryDirectory directory, string name)
    {
        var folder = Directory.CreateDirectory(directory["runs", name]).FullName;
        File.WriteAllText(Path.Combine(folder, "model.json"), """{"labels":["a","b"]}""");
        File.WriteAllLines(Path.Combine(folder, "metrics.jsonl"), Enumerable.Range(1, 3).Select(epoch =>
            $$"""{"epoch":{{epoch}},"train_loss":{{1.0 / epoch}},"train_accuracy":0.{{epoch}},"learning_rate":0.1,"seconds":1}"""));
        var filters = Convert.ToBase64String([.. Enumerable.Range(0, 6 * 25).Select(value => (byte)value)]);
        var frames = Enumerable.Range(1, 3).Select(epoch =>
            $$"""{"epoch":{{epoch}},"filters":"{{filters}}","shape":[6,1,5,5],"confusion":[[{{epoch}},0],[1,9]]}""");
        File.WriteAllText(Path.Combine(folder, "film.jsonl"), string.Concat(frames.Select(frame => frame + "\n")) + """{"epoch":4,"fil""");
        return directory["runs"];
    }

    /// <summary>The epochs of the frames in a reply.</summary>
    public static int[] Epochs(string json)
    {
        var film = JsonDocument.Parse(json).RootElement.GetProperty("film").EnumerateArray();
        return [.. film.Select(frame => frame.GetProperty("epoch").GetInt32())];
    }
}
