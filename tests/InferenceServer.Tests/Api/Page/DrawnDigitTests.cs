using System.Text.Json;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

/// <summary>
/// 200 drawn digits, as points of a pen: five hands, off-center, thin, thick and turned, and small. The page's code draws them and its
/// canvas makes the files, as for a person's drawing. <c>drawn_digits.py</c> wrote the set.
/// </summary>
public sealed class DrawnDigitTests(BrowserFixture browser, ITestOutputHelper output) : IClassFixture<BrowserFixture>
{
    private const double Least = 0.97;

    private const string ClassifyAll = """
        async ([digits, model]) => {
          const { drawStrokes } = await import("/page/ink.js");
          const canvas = Object.assign(document.createElement("canvas"), { width: 280, height: 280 });
          const context = canvas.getContext("2d");
          const answers = [];
          for (const { pressure, strokes } of JSON.parse(digits)) {
            context.fillStyle = "#fff";
            context.fillRect(0, 0, 280, 280);
            drawStrokes(context, strokes.map(points => points.map(([x, y]) => ({ x, y, pressure }))), 280);
            const file = await new Promise(done => canvas.toBlob(done, "image/png"));
            const response = await fetch(`/v1/models/${model}:classify?topK=1`, { method: "POST", body: file });
            answers.push((await response.json()).predictions[0].label);
          }
          return answers;
        }
        """;

    private static string File => Path.Combine(
        RepositoryRoot.Find(), "tests", "InferenceServer.Tests", "Api", "Page", "drawn_digits.json");

    [Theory]
    [InlineData("lenet5-mnist")]
    [InlineData("lenet5-1998")]
    public async Task Classify_200DrawnDigits_ReadsAlmostAll(string model)
    {
        await using var server = await TestServer.StartAsync(models => ShippedModels.Copy(model, models));
        await using var page = await browser.OpenAsync(server.HttpAddress);
        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var digits = JsonDocument.Parse(text).RootElement.EnumerateArray().ToArray();

        var answers = await page.Tab.EvaluateAsync<string[]>(ClassifyAll, new[] { text, model });

        Assert.Equal(200, digits.Length);
        var mistakes = digits.Zip(answers).Where(pair => Text(pair.First, "label") != pair.Second).ToArray();
        foreach (var (digit, answer) in mistakes)
            output.WriteLine($"{Text(digit, "label")} of the hand {Text(digit, "hand")}, {Text(digit, "way")}: {answer}");
        output.WriteLine($"{model}: {200 - mistakes.Length} of 200");
        Assert.InRange(200 - mistakes.Length, Least * 200, 200);
    }

    private static string Text(JsonElement digit, string name) => digit.GetProperty(name).GetString()!;
}
