using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

/// <summary>The page in a tab. At its end no script has failed and every request went to the server of the test.</summary>
internal sealed class OpenPage(IBrowserContext context, IPage page, List<string> faults) : IAsyncDisposable
{
    /// <summary>The milliseconds to wait on a machine with much other work.</summary>
    public const int Patience = 120_000;

    public IPage Tab => page;

    public ILocator Answer => page.Locator("#answer");

    public ILocator Notice => page.Locator("#notice");

    /// <summary>Gets the messages of the browser's console that report faults, and requests to other servers.</summary>
    public List<string> Faults => faults;

    /// <summary>Gets or sets texts that a fault may contain: the browser reports refused requests as faults, also late ones.</summary>
    public string[] Allowed { get; set; } = [];

    public static async Task<OpenPage> OpenAsync(IBrowserContext context, string address)
    {
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Add($"{message.Text} {message.Location}");
        };
        page.PageError += (_, error) => faults.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                faults.Add($"a request to {request.Url}");
        };
        await page.GotoAsync(address);
        return new(context, page, faults);
    }

    /// <summary>Draws strokes with the mouse. Coordinates are shares of the drawing area.</summary>
    public async Task DrawAsync(params (double X, double Y)[][] strokes)
    {
        var box = (await page.Locator("#pad").BoundingBoxAsync())!;
        foreach (var stroke in strokes)
        {
            await MoveAsync(stroke[0]);
            await page.Mouse.DownAsync();
            foreach (var point in stroke)
                await MoveAsync(point);
            await page.Mouse.UpAsync();
        }

        Task MoveAsync((double X, double Y) point) =>
            page.Mouse.MoveAsync((float)(box.X + (point.X * box.Width)), (float)(box.Y + (point.Y * box.Height)));
    }

    /// <summary>Waits until the answer begins with a label.</summary>
    public Task AnswersAsync(string label) =>
        Assertions.Expect(Answer).ToHaveTextAsync(new Regex($"^{Regex.Escape(label)}, "), new() { Timeout = Patience });

    /// <summary>Points at a pixel of a layer's canvas.</summary>
    public async Task HoverAsync(int layer, int column, int row)
    {
        var canvas = page.Locator(".layer canvas").Nth(layer);
        var scale = await canvas.EvaluateAsync<float>("canvas => canvas.clientWidth / canvas.width");
        await canvas.HoverAsync(new() { Position = new() { X = (column + 0.5f) * scale, Y = (row + 0.5f) * scale } });
    }

    /// <summary>Drops a file onto the drawing area.</summary>
    public async Task DropAsync(string name, string type, byte[] content)
    {
        await using var transfer = await page.EvaluateHandleAsync("""
            ([name, type, content]) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.fromBase64(content)], name, { type }));
              return transfer;
            }
            """, new[] { name, type, Convert.ToBase64String(content) });
        await page.DispatchEventAsync("#pad", "drop", new { dataTransfer = transfer });
    }

    /// <summary>Counts the pixels of a canvas that are brighter than half.</summary>
    public Task<int> LitPixelsAsync(string selector) => page.Locator(selector).First.EvaluateAsync<int>("""
        canvas => {
          // Chromium warns of a canvas that is read more than once.
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, index) => index % 4 === 0 && value > 127).length;
        }
        """);

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        var unexpected = faults.Where(fault => !Allowed.Any(text => fault.Contains(text, StringComparison.Ordinal)));
        Assert.True(!unexpected.Any(), string.Join('\n', unexpected));
    }
}
