using System.Net;
using LeNetServe.InferenceServer.Tests.Models;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.Runs;

public sealed class RunsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Get_WithoutTheSetting_ListsNothing()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal("""{"runs":[]}""", await server.Http.GetStringAsync("/v1/runs", Cancellation));
        using var response = await server.Http.GetAsync("/v1/runs/a", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("--runs DIR", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ARunInTraining_HasItsWholeEpochs()
    {
        Directory.CreateDirectory(directory["runs", "no run"]);
        await using var server = await TestServer.StartAsync($"--Runs={FilmedRun.Write(directory, "one")}");

        Assert.Equal("""{"runs":["one"]}""", await server.Http.GetStringAsync("/v1/runs", Cancellation));
        var epochs = FilmedRun.Epochs(await server.Http.GetStringAsync("/v1/runs/one", Cancellation));
        Assert.Equal([1, 2, 3], epochs);
    }

    [Fact]
    public async Task Get_ARunOfASweep_HasTheNameOfItsFolderBeforeIt()
    {
        FilmedRun.Write(directory, "one");
        FilmedRun.Write(directory, Path.Combine("rates", ".sweep", "log"));
        await using var server = await TestServer.StartAsync($"--Runs={FilmedRun.Write(directory, Path.Combine("rates", "two"))}");

        Assert.Equal("""{"runs":["one","rates/two"]}""", await server.Http.GetStringAsync("/v1/runs", Cancellation));
        var epochs = FilmedRun.Epochs(await server.Http.GetStringAsync("/v1/runs/rates%2Ftwo", Cancellation));
        Assert.Equal([1, 2, 3], epochs);
    }

    [Theory]
    [InlineData("two")]
    [InlineData("rates%2F..%2Fone")]
    [InlineData("..")]
    [InlineData("..%2Fruns%2Fone")]
    [InlineData("no%20run")]
    public async Task Get_AnotherName_IsNotFound(string name)
    {
        Directory.CreateDirectory(directory["runs", "no run"]);
        await using var server = await TestServer.StartAsync($"--Runs={FilmedRun.Write(directory, "one")}");

        using var response = await server.Http.GetAsync(new Uri($"{server.HttpAddress}/v1/runs/{name}"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Get_FolderDoesNotAnswer_IsUnavailableUntilItDoes()
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        var runs = FilmedRun.Write(directory, "one");
        await using var server = await TestServer.StartAsync($"--Runs={runs}");
        using (new HungMount(directory["runs", "one"]))
        {
            var responses = await Task.WhenAll(
                Enumerable.Range(0, 100).Select(_ => server.Http.GetAsync("/v1/runs/one", Cancellation)));

            Assert.All(responses, response => Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode));
        }
        await Eventually.TrueAsync(async () => (await server.Http.GetAsync("/v1/runs/one", Cancellation)).StatusCode == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("metrics.jsonl", "no JSON\n")]
    [InlineData("model.json", "[]")]
    [InlineData("model.json", """{"labels":["a"],"labels":["b"]}""")]
    public async Task Get_BrokenFiles_IsAnErrorThatNamesTheRun(string file, string content)
    {
        var runs = FilmedRun.Write(directory, "one");
        await File.WriteAllTextAsync(directory["runs", "one", file], content, Cancellation);
        await using var server = await TestServer.StartAsync($"--Runs={runs}");

        using var response = await server.Http.GetAsync("/v1/runs/one", Cancellation);

        Assert.False(response.IsSuccessStatusCode);
        Assert.Contains("cannot be read", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
