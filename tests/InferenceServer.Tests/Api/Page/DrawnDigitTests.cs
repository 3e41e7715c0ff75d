using System.Text.Json;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

/// <summary>
/// 200 drawn digits, as points of a pen: five hands, off-center, thin, thick and turned, and small. They reach the page's drawing
/// area as movements of a pen, and its file goes to the server as a person's does. <c>drawn_digits.py</c> wrote the set.
/// </summary>
public sealed class DrawnDigitTests(BrowserFixture browser, ITestOutputHelper output) : IClassFixture<BrowserFixture>
{
    private const double Least = 0.97;

    /// <summary>Draws with a pen on the page's drawing area, and sends what the page would send.</summary>
    private const string ExplainAll = """
        async ([digits, model]) => {
          const { createPad } = await import("/page/pad.js");
          const { classify } = await import("/page/server.js");
          const canvas = Object.assign(document.createElement("canvas"), { width: 560, height: 560 });
          canvas.style.cssText = "position: fixed; left: 0; top: 0; width: 400px; height: 400px";
          document.body.append(canvas);
          // No device has the pointer of an event that a script makes.
          canvas.setPointerCapture = () => { };
          const pad = createPad(canvas, () => { });
          const move = (type, [x, y], pressure) => canvas.dispatchEvent(new PointerEvent(type, {
            pointerId: 1, pointerType: "pen", button: 0, clientX: 400 * x, clientY: 400 * y, pressure: (pressure - 0.4) / 1.2,
          }));
          const answers = [];
          for (const { pressure, strokes } of JSON.parse(digits)) {
            pad.clear();
            for (const points of strokes) {
              move("pointerdown", points[0], pressure);
              points.slice(1).forEach(point => move("pointermove", point, pressure));
              move("pointerup", points.at(-1), pressure);
            }
            const answer = await classify({ name: model, version: 1 }, pad.file(), null, "explain", "&layers=output");
            answers.push(answer.predictions[0].label);
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

        var answers = await page.Tab.EvaluateAsync<string[]>(ExplainAll, new[] { text, model });

        Assert.Equal(200, digits.Length);
        var mistakes = digits.Zip(answers).Where(pair => Text(pair.First, "label") != pair.Second).ToArray();
        foreach (var (digit, answer) in mistakes)
            output.WriteLine($"{Text(digit, "label")} of the hand {Text(digit, "hand")}, {Text(digit, "way")}: {answer}");
        output.WriteLine($"{model}: {200 - mistakes.Length} of 200");
        Assert.InRange(200 - mistakes.Length, Least * 200, 200);
    }

    private static string Text(JsonElement digit, string name) => digit.GetProperty(name).GetString()!;
}
