using System.Text.Json;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Invocation;

namespace LeNetServe.BatchScorer.Tests.Fakes;

/// <summary>Runs the scorer inside the test.</summary>
internal static class Scorer
{
    public static async Task<(ExitCode Code, string Messages)> Run(ScoreOptions options)
    {
        var messages = new StringWriter();
        var code = await new ScoreRun(options, messages).RunAsync(TestContext.Current.CancellationToken);
        return (code, messages.ToString());
    }

    public static ScoreOptions Options(string model, string output, params string[] paths) =>
        new() { Inputs = new InputOptions { Paths = paths }, Model = model, Output = output };

    public static JsonElement[] Rows(string path) =>
        [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    public static string? Text(this JsonElement row, string name) => row.GetProperty(name).GetString();
}
