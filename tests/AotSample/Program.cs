using LeNetServe.Client;
using Microsoft.Extensions.DependencyInjection;

// Every kind of call, on the servers named by the arguments.
await using var services = new ServiceCollection().AddLeNetServeClient(options =>
{
    foreach (var url in args)
        options.Urls.Add(url);
}).BuildServiceProvider();
var client = services.GetRequiredService<LeNetServeClient>();

var model = (await client.ListModelsAsync())[0];
Console.WriteLine($"{model.Name}/{model.Version} {model.Labels.Count} labels");
Console.WriteLine($"one {(await client.ClassifyAsync(new byte[] { 7 })).Best.Label}");
var batch = await client.ClassifyBatchAsync([ImageSource.Pixels(new byte[] { 3 }), ImageSource.Encoded(new byte[] { 0 })]);
Console.WriteLine($"batch {batch[0].OrThrow().Best.Label}, {batch[1].Error!.Kind}");
await foreach (var outcome in client.ClassifyStreamAsync(Images()))
    Console.WriteLine($"stream {outcome.Id} {outcome.OrThrow().Best.Label}");

static async IAsyncEnumerable<ImageSource> Images()
{
    for (byte i = 1; i <= 3; i++)
    {
        await Task.Yield();
        yield return ImageSource.Encoded(new[] { i }, $"{i}");
    }
}
