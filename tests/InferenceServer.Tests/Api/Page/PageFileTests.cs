using System.Net;
using LeNetServe.InferenceServer.Api.Page;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

public sealed class PageFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page/app.js", "text/javascript")]
    [InlineData("/page/page.js", "text/javascript")]
    [InlineData("/page/page.css", "text/css")]
    [InlineData("/page/icon.svg", "image/svg+xml")]
    public async Task Get_AFileOfThePage_HasItsTypeAndAStrictPolicy(string path, string type)
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.Http.GetAsync(path, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Get_WithTheTagOfTheFile_IsNotModified()
    {
        await using var server = await TestServer.StartAsync();
        using var first = await server.Http.GetAsync("/", Cancellation);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Head_OfThePage_IsAnsweredWithoutABody()
    {
        await using var server = await TestServer.StartAsync();

        using var request = new HttpRequestMessage(HttpMethod.Head, "/");
        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 1000);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Get_PageIsOff_IsNotFound()
    {
        await using var server = await TestServer.StartAsync("--Page=off");

        foreach (var file in PageFile.All)
        {
            using var response = await server.Http.GetAsync(file.Path, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task Get_AllFiles_WeighLessThan150Kilobytes()
    {
        await using var server = await TestServer.StartAsync();

        var bytes = 0;
        foreach (var file in PageFile.All)
            bytes += (await server.Http.GetByteArrayAsync(file.Path, Cancellation)).Length;

        Assert.InRange(bytes, 10_000, 150_000);
    }
}
